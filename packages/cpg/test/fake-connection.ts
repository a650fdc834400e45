import { ByteSpan } from "@corosync/codec";
import { protocol } from "@corosync/cpg";
import type { ClientConnection } from "@corosync/ipc";
import { requestHeader, responseHeader } from "@corosync/service";

/** The executive's end of a client, in the hands of the test. */
export class FakeConnection implements ClientConnection {
  readonly maxMessageBytes = 1024 * 1024;
  /** Payloads of mcast requests, in order. */
  readonly sent: string[] = [];
  /** Requests that have responses, by id. */
  readonly requests: { id: number; bytes: Uint8Array }[] = [];
  /** Errors to answer the next requests of an id with; `CS_OK` when there is none. */
  readonly errors = new Map<number, number[]>();
  readonly flowControl = 0;
  pendingBytes = 0;
  paused = false;
  closing = false;
  onEvent: ((event: ByteSpan) => void) | null = null;
  readonly closed: Promise<Error | null>;
  /** What `joinGroup` joined as, for events. */
  joinedAs: { name: Uint8Array; pid: number } | null = null;
  #resolveClosed!: (error: Error | null) => void;
  #drains: (() => void)[] = [];
  readonly #spans: ByteSpan[] = [];

  constructor() {
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  request(bytes: Uint8Array): Promise<Uint8Array> {
    if (this.closing) return Promise.reject(new Error("closed"));
    const { id, size } = requestHeader.decode(bytes);
    if (size !== bytes.length) throw new Error(`request ${id} of ${bytes.length} claims ${size}`);
    this.requests.push({ id, bytes });
    const error = this.errors.get(id)?.shift() ?? 1;
    const response = new Uint8Array(id === protocol.REQUEST_ID.localGet ? 32 : 24);
    responseHeader.encodeInto({ id: 0, size: response.length, error }, response);
    if (id === protocol.REQUEST_ID.localGet) new DataView(response.buffer).setUint32(24, 1, true);
    if (id === protocol.REQUEST_ID.join && error === 1) {
      this.joinedAs = protocol.joinRequest.decode(bytes);
      queueMicrotask(() => this.change([this.joinedAs!.pid], [], [this.joinedAs!.pid]));
    }
    return Promise.resolve(response);
  }

  send(length: number): ByteSpan {
    this.#spans.push(new ByteSpan(new Uint8Array(length + 2).fill(0xee), 2, length));
    return this.#spans.at(-1)!;
  }

  /** Takes in what was sent. */
  read(): string[] {
    for (const span of this.#spans.splice(0)) {
      const bytes = span.copy();
      const { messageLength } = protocol.mcastRequest.decode(bytes);
      const { id, size } = requestHeader.decode(bytes);
      if (id !== 2 || size !== bytes.length || messageLength !== bytes.length - 40)
        throw new Error(`malformed mcast of ${bytes.length} bytes`);
      this.sent.push(Buffer.from(bytes.subarray(40)).toString());
    }
    return this.sent;
  }

  drained(): Promise<void> {
    if (this.pendingBytes === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drains.push(resolve);
    });
  }

  drain(): void {
    this.pendingBytes = 0;
    for (const resolve of this.#drains.splice(0)) resolve();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  close(): Promise<void> {
    this.break(null);
    return Promise.resolve();
  }

  break(error: Error | null): void {
    this.closing = true;
    this.#resolveClosed(error);
  }

  event(id: number, bytes: Uint8Array): void {
    responseHeader.encodeInto({ id, size: bytes.length, error: 1 }, bytes.subarray(0, 24));
    const lent = new Uint8Array(bytes.length + 9);
    lent.set(bytes, 9);
    this.onEvent!(new ByteSpan(lent, 9));
    lent.fill(0xdd); // the loan is over
  }

  message(nodeId: number, pid: number, data: Uint8Array): void {
    const fields = { name: this.joinedAs!.name, messageLength: data.length, nodeId, pid };
    const bytes = protocol.deliverHeader.encode(fields, data.length);
    bytes.set(data, 184);
    this.event(protocol.EVENT_ID.deliver, bytes);
  }

  fragment(pid: number, type: number, messageLength: number, data: Uint8Array): void {
    const fields = { messageLength, fragmentLength: data.length, nodeId: 2, pid, type };
    const bytes = protocol.partialDeliverHeader.encode({ name: this.joinedAs!.name, ...fields }, data.length);
    bytes.set(data, 200);
    this.event(protocol.EVENT_ID.partialDeliver, bytes);
  }

  /** A membership event; pids below 100 are of node 1, the others of node 2. */
  change(members: number[], left: number[], joined: number[]): void {
    const list = (pids: number[], reason: number) =>
      pids.map((pid) => ({ nodeId: pid < 100 ? 1 : 2, pid, reason }));
    const change = {
      name: this.joinedAs!.name,
      members: list(members, 0),
      left: list(left, 2),
      joined: list(joined, 1),
    };
    const bytes = new Uint8Array(protocol.confchgLength(change));
    protocol.writeConfchg(bytes, change);
    this.event(protocol.EVENT_ID.confchg, bytes);
  }
}
