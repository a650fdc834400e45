import type { ByteChannel, ByteSink } from "./byte-channel.ts";
import type { PeerCredentials } from "./connection.ts";
import { describeErrno, Errno } from "./errno.ts";
import { encodeFrame, FrameType, frameTypeName } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import {
  decodeHello,
  encodeLibqbRefusal,
  encodeStreamAnswer,
  FEATURE_PROVE_IDENTITY,
  HELLO_BYTES,
  type Hello,
} from "./handshake.ts";
import type { ServerEnd } from "./server-end.ts";

/** The proof has no body; nothing longer is read from someone unknown. */
const MAX_PROOF_BYTES = 64;

/**
 * `hello`: its bytes are awaited; `proof`: the client is to show who it is; `checking`: it says it
 * did; `over`: it was let in or refused.
 */
type State = "hello" | "proof" | "checking" | "over";

type StreamHello = Extract<Hello, { kind: "stream" }>;

/**
 * One peer from its connect until it is a client: tells the three kinds of peer apart, learns who it
 * is, asks the handler, answers (spec ipc 3, 10.2, 10.5).
 */
export class Admission implements ByteSink {
  readonly #server: ServerEnd;
  readonly #channel: ByteChannel;
  readonly #id: number;
  readonly #hello = new Uint8Array(HELLO_BYTES);
  #helloLength = 0;
  #state: State = "hello";
  #maxMessageBytes = 0;
  #challenge: Uint8Array | null = null;
  readonly #reader = new FrameReader(MAX_PROOF_BYTES);
  readonly #cancelTimeout: () => void;

  constructor(server: ServerEnd, channel: ByteChannel, id: number) {
    this.#server = server;
    this.#channel = channel;
    this.#id = id;
    this.#cancelTimeout = server.loop.setTimer(server.limits.helloTimeoutMs, () => this.#timedOut());
  }

  received(bytes: Uint8Array): void {
    if (this.#state === "hello") this.#receiveHello(bytes);
    else if (this.#state === "proof") this.#receiveProof(bytes);
    else if (this.#state === "checking") this.#offend("sent more before it was identified");
  }

  written(): void {}

  ended(): void {
    this.break();
  }

  gone(): void {
    this.#state = "over";
    this.#cancelTimeout();
    this.#server.forget(this);
  }

  /** Breaks off, whatever the state. */
  break(): void {
    this.#state = "over";
    this.#channel.destroy();
  }

  #receiveHello(bytes: Uint8Array): void {
    if (this.#helloLength + bytes.length > HELLO_BYTES) {
      this.#offend(`sent more than the ${HELLO_BYTES} bytes of a hello`);
      return;
    }
    this.#hello.set(bytes, this.#helloLength);
    this.#helloLength += bytes.length;
    if (this.#helloLength < HELLO_BYTES) return;
    const hello = decodeHello(this.#hello);
    if (hello.kind === "stream") this.#greetStream(hello);
    else if (hello.kind === "libqb") this.#refuseLibqb();
    else this.#offend(`its first bytes are no hello (id ${hello.id})`);
  }

  /** Programs that use libqb need its shared-memory transport, which this listener does not have. */
  #refuseLibqb(): void {
    this.#server.offences.report(
      `client ${this.#id} uses libqb's shared memory, which is not served: ${describeErrno(-Errno.ENOTSUP)}`,
    );
    this.#refuse(encodeLibqbRefusal(-Errno.ENOTSUP));
  }

  #greetStream(hello: StreamHello): void {
    this.#maxMessageBytes = Math.min(hello.maxMessageBytes, this.#server.limits.maxMessageBytes);
    const identity = this.#server.identity;
    if (hello.version === 0) this.#refuse(this.#answer(-Errno.EINVAL, 0));
    else if (identity !== null && (hello.features & FEATURE_PROVE_IDENTITY) !== 0) {
      this.#challenge = identity.challenge();
      this.#state = "proof";
      this.#channel.write(this.#answer(0, FEATURE_PROVE_IDENTITY));
      this.#channel.write(encodeFrame(FrameType.identityChallenge, this.#challenge));
    } else {
      const credentials = this.#server.knownCredentials;
      const error = this.#server.ask(credentials);
      if (error !== 0) this.#refuse(this.#answer(error, 0));
      else this.#admit(this.#answer(0, 0), credentials);
    }
  }

  #receiveProof(bytes: Uint8Array): void {
    try {
      this.#reader.push(bytes);
      if (!this.#reader.peek()) return;
    } catch (error) {
      this.#offend(error instanceof Error ? error.message : String(error));
      return;
    }
    if (this.#reader.type !== FrameType.identityProof) {
      this.#offend(`sent a ${frameTypeName(this.#reader.type)} frame before it was identified`);
      return;
    }
    this.#reader.advance();
    if (this.#reader.bufferedBytes > 0) {
      this.#offend("sent more before it was identified");
      return;
    }
    this.#state = "checking";
    this.#server.identity!.owner(this.#challenge!).then(
      (credentials) => this.#identified(credentials),
      (error: unknown) => this.#offend(`its identity cannot be checked: ${String(error)}`),
    );
  }

  #identified(credentials: PeerCredentials | null): void {
    if (this.#state !== "checking") return;
    const error = this.#server.ask(credentials);
    const verdict = new Uint8Array(4);
    new DataView(verdict.buffer).setInt32(0, error, true);
    const frame = encodeFrame(FrameType.admission, verdict);
    if (error !== 0) this.#refuse(frame);
    else this.#admit(frame, credentials);
  }

  #answer(error: number, features: number): Uint8Array {
    return encodeStreamAnswer({
      error,
      features,
      maxMessageBytes: error === 0 ? this.#maxMessageBytes : 0,
      connectionNumber: error === 0 ? this.#id : 0,
    });
  }

  /** The answer goes out before the handler learns of the connection (spec ipc 3.6). */
  #admit(answer: Uint8Array, credentials: PeerCredentials | null): void {
    this.#state = "over";
    this.#cancelTimeout();
    this.#channel.write(answer);
    this.#server.admit(this, this.#channel, {
      id: this.#id,
      credentials,
      maxMessageBytes: this.#maxMessageBytes,
    });
  }

  /** The peer has until the time-out to take its answer and go. */
  #refuse(answer: Uint8Array): void {
    this.#state = "over";
    this.#channel.write(answer);
    this.#channel.end();
  }

  #timedOut(): void {
    if (this.#state !== "over")
      this.#server.offences.report(`client ${this.#id} disconnected: it did not introduce itself in time`);
    this.break();
  }

  #offend(reason: string): void {
    if (this.#state === "over") return;
    this.#server.offences.report(`client ${this.#id} disconnected: it ${reason}`);
    this.break();
  }
}
