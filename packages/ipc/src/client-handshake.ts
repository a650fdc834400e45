import type { ByteChannel, ByteSink, IdentityProof } from "./byte-channel.ts";
import { CsError } from "./cs-error.ts";
import { csErrorOfErrno, describeErrno } from "./errno.ts";
import { encodeFrame, FrameType, frameTypeName } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import {
  ANSWER_HEAD_BYTES,
  answerLength,
  decodeAnswer,
  encodeHello,
  FEATURE_PROVE_IDENTITY,
  LIBQB_REPLY_BYTES,
  type StreamAnswer,
} from "./handshake.ts";
import { ProtocolError } from "./protocol-error.ts";

const CHALLENGE_BYTES = 16;

/** A connection that the server agreed to, before its first message. */
export interface Greeted {
  readonly maxMessageBytes: number;
  /** Holds what came after the server's last word. */
  readonly reader: FrameReader;
}

export interface ClientHandshakeOptions {
  /** For messages: `"connect to cpg"`. */
  readonly operation: string;
  /** Longest message this client wants to exchange, in bytes. */
  readonly maxMessageBytes: number;
  /** How to show who this client is, or null when it cannot. */
  readonly proof: IdentityProof | null;
  /** Called once; a client that is refused gets a `CsError`. */
  readonly done: (outcome: Greeted | Error) => void;
}

/** The client's part of the handshake (spec ipc 10.5): hello, answer, and proof of identity when asked. */
export class ClientHandshake implements ByteSink {
  readonly #channel: ByteChannel;
  readonly #options: ClientHandshakeOptions;
  readonly #answer = new Uint8Array(LIBQB_REPLY_BYTES);
  #answerLength = 0;
  #answerBytes = 0;
  #maxMessageBytes = 0;
  #reader: FrameReader | null = null;
  #challenge: Uint8Array | null = null;
  #over = false;

  constructor(channel: ByteChannel, options: ClientHandshakeOptions) {
    this.#channel = channel;
    this.#options = options;
  }

  /** Says hello. */
  start(): void {
    this.#channel.write(
      encodeHello(this.#options.maxMessageBytes, this.#options.proof === null ? 0 : FEATURE_PROVE_IDENTITY),
    );
  }

  received(bytes: Uint8Array): void {
    if (this.#over) return;
    try {
      if (this.#reader === null) this.#receiveAnswer(bytes);
      else {
        this.#reader.push(bytes);
        this.#receiveFrame(this.#reader);
      }
    } catch (error) {
      this.#fail(new CsError("CS_ERR_LIBRARY", this.#options.operation, { cause: error }));
    }
  }

  written(): void {}

  ended(error: Error | null): void {
    const cause = error ?? new Error("the server closed the connection during the handshake");
    this.#fail(new CsError("CS_ERR_LIBRARY", this.#options.operation, { cause }));
  }

  gone(): void {}

  #receiveAnswer(bytes: Uint8Array): void {
    const rest = this.#takeAnswer(bytes);
    if (this.#answerBytes === 0 || this.#answerLength < this.#answerBytes) return;
    const answer = decodeAnswer(this.#answer.subarray(0, this.#answerBytes));
    if (answer.error < 0) this.#refused(answer.error);
    else if (answer.kind === "libqb") {
      const cause = new Error("the daemon speaks libqb's shared memory only");
      this.#fail(new CsError("CS_ERR_NOT_SUPPORTED", this.#options.operation, { cause }));
    } else this.#agreed(answer, rest);
  }

  /** Collects the answer's bytes; returns those after it. */
  #takeAnswer(bytes: Uint8Array): Uint8Array {
    let at = 0;
    while (at < bytes.length) {
      const wanted = this.#answerBytes || ANSWER_HEAD_BYTES;
      const count = Math.min(wanted - this.#answerLength, bytes.length - at);
      this.#answer.set(bytes.subarray(at, at + count), this.#answerLength);
      this.#answerLength += count;
      at += count;
      if (this.#answerLength < wanted || this.#answerBytes !== 0) break;
      this.#answerBytes = answerLength(this.#answer);
      if (this.#answerBytes === 0) throw new ProtocolError("the server's answer is none of corosync's");
    }
    return bytes.subarray(at);
  }

  #agreed(answer: StreamAnswer, rest: Uint8Array): void {
    this.#maxMessageBytes = answer.maxMessageBytes;
    this.#reader = new FrameReader(answer.maxMessageBytes);
    this.#reader.push(rest);
    if ((answer.features & FEATURE_PROVE_IDENTITY) === 0) this.#finish(this.#reader);
    else this.#receiveFrame(this.#reader);
  }

  #receiveFrame(reader: FrameReader): void {
    if (!reader.peek()) return;
    const { type, body } = reader;
    if (type === FrameType.identityChallenge && this.#challenge === null && body.length === CHALLENGE_BYTES) {
      this.#challenge = body.copy();
      reader.advance();
      this.#show(this.#challenge);
    } else if (type === FrameType.admission && this.#challenge !== null && body.length === 4) {
      const error = body.i32(0);
      reader.advance();
      if (error < 0) this.#refused(error);
      else this.#finish(reader);
    } else throw new ProtocolError(`${frameTypeName(type)} frame of ${body.length} bytes in the handshake`);
  }

  #show(challenge: Uint8Array): void {
    const proof = this.#options.proof;
    if (proof === null)
      throw new ProtocolError("the server asks for a proof of identity that was not offered");
    const tell = (): void => {
      if (!this.#over) this.#channel.write(encodeFrame(FrameType.identityProof, new Uint8Array(0)));
    };
    proof.show(challenge).then(tell, tell);
  }

  #refused(error: number): void {
    const cause = new Error(`the server answered ${describeErrno(error)}`);
    this.#fail(new CsError(csErrorOfErrno(-error), this.#options.operation, { cause }));
  }

  #finish(reader: FrameReader): void {
    this.#end({ maxMessageBytes: this.#maxMessageBytes, reader });
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.#channel.destroy();
    this.#end(error);
  }

  #end(outcome: Greeted | Error): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#challenge !== null) this.#options.proof?.withdraw(this.#challenge).catch(() => undefined);
    this.#options.done(outcome);
  }
}
