import { ByteSpan } from "@corosync/codec";
import { type CpgBehaviour, createCpgEngine, protocol } from "@corosync/cpg";
import type { ServerConnection } from "@corosync/ipc";
import { messageId, requestHeader, responseHeader, type ServiceHost } from "@corosync/service";

export const nameBytes = (text: string) => Uint8Array.from(Buffer.from(text));

let nextId = 1;

/** A client of the engine: requests in, responses and events out. */
export class EngineClient implements ServerConnection {
  readonly id = nextId++;
  readonly credentials = null;
  readonly open = true;
  readonly responses: ByteSpan[] = [];
  readonly events: ByteSpan[] = [];

  constructor(
    readonly harness: EngineHarness,
    readonly pid: number,
  ) {
    harness.engine.connectionOpened!(this);
  }

  respond(length: number): ByteSpan {
    this.responses.push(dirty(length));
    return this.responses.at(-1)!;
  }

  event(length: number): ByteSpan {
    this.events.push(dirty(length));
    return this.events.at(-1)!;
  }

  close(): void {
    this.harness.engine.connectionClosed!(this);
  }

  /** Sends a request; answers the error of the response, or "later", or null when there is none. */
  request(bytes: Uint8Array): number | "later" | null {
    const id = requestHeader.decode(bytes).id;
    const before = this.responses.length;
    const outcome = this.harness.engine.requests[id]!.handle(this, new ByteSpan(bytes));
    if (outcome === "later") return "later";
    return this.responses.length === before ? null : this.response().error;
  }

  join(group: string | Uint8Array, flags = 0) {
    const name = typeof group === "string" ? nameBytes(group) : group;
    const value = { name, pid: this.pid, flags };
    return this.request(protocol.encodeRequest(protocol.REQUEST_ID.join, protocol.joinRequest, value));
  }

  leave(group: string) {
    const value = { name: nameBytes(group), pid: this.pid };
    return this.request(protocol.encodeRequest(protocol.REQUEST_ID.leave, protocol.leaveRequest, value));
  }

  /** @param claimed the length that the request states, if it lies */
  mcast(data: Uint8Array, claimed = data.length) {
    const bytes = protocol.mcastRequest.encode({ guarantee: 2, messageLength: claimed }, data.length);
    requestHeader.encodeInto({ id: protocol.REQUEST_ID.mcast, size: bytes.length }, bytes);
    bytes.set(data, protocol.mcastRequest.size);
    return this.request(bytes);
  }

  partial(type: number, messageLength: number, data: Uint8Array) {
    return this.request(protocol.encodePartialMcastRequest({ guarantee: 2, messageLength, type }, data));
  }

  /** Header of the latest response. */
  response() {
    return responseHeader.decode(this.responses.at(-1)!.copy());
  }

  /** What the latest event says; the lists as text. */
  lastEvent(): string {
    const bytes = this.events.at(-1)!.copy();
    const { id, size } = responseHeader.decode(bytes);
    if (size !== bytes.length) throw new Error(`event of ${bytes.length} bytes claims ${size}`);
    if (id === protocol.EVENT_ID.totemConfchg) return `totem ${protocol.decodeTotemConfchg(bytes).members}`;
    if (id !== protocol.EVENT_ID.confchg) return `event ${id} of ${size}`;
    const { members, left, joined } = protocol.decodeConfchg(bytes);
    const list = (entries: typeof left) => entries.map((p) => `${p.nodeId}:${p.pid}/${p.reason}`);
    return `m ${list(members)} l ${list(left)} j ${list(joined)}`;
  }
}

/** Recycled memory as a carrier hands it out: only the header is zeroed. */
function dirty(length: number): ByteSpan {
  const span = new ByteSpan(new Uint8Array(length + 5).fill(0xee), 5, length);
  span.bytes.fill(0, 5, 29);
  return span;
}

/** One engine, with the ring in the hands of the test. */
export class EngineHarness {
  readonly engine;
  readonly queue: { fn: number; bytes: Uint8Array }[] = [];
  readonly log: string[] = [];
  works: (() => boolean)[] = [];
  synchronizing = false;
  room = true;

  constructor(behaviour?: CpgBehaviour) {
    this.engine = createCpgEngine(behaviour === undefined ? {} : { behaviour });
    this.engine.start(this.#host());
  }

  /** Delivers what this node multicast. */
  flush(): void {
    for (const { fn, bytes } of this.queue.splice(0)) this.deliver(1, fn, bytes);
  }

  deliver(nodeId: number, fn: number, bytes: Uint8Array): void {
    const span = new ByteSpan(new Uint8Array(bytes.length + 3), 3);
    span.write(0, bytes);
    this.engine.messages[fn]!(nodeId, span);
  }

  /** A join or leave of a process on another node. */
  remote(nodeId: number, fn: number, group: string, pid: number, reason: number): void {
    this.deliver(nodeId, fn, protocol.procChange.encode({ name: nameBytes(group), pid, reason }));
  }

  client(pid: number): EngineClient {
    return new EngineClient(this, pid);
  }

  token(): void {
    const works = this.works;
    this.works = works.filter((work) => !work());
  }

  #host(): ServiceHost {
    const isSynchronizing = () => this.synchronizing;
    return {
      nodeId: 1,
      get synchronizing() {
        return isSynchronizing();
      },
      maxMessageBytes: 1024 * 1024,
      multicast: (fn, header, payload) => {
        if (!this.room) return false;
        const bytes = new Uint8Array(header.length + (payload?.length ?? 0));
        bytes.set(header.subarray());
        if (payload !== undefined) bytes.set(payload.subarray(), header.length);
        requestHeader.encodeInto({ id: messageId(2, fn), size: bytes.length }, bytes.subarray(0, 16));
        this.queue.push({ fn, bytes });
        return true;
      },
      afterToken: (work) => {
        this.works.push(work);
        return () => {};
      },
      random: () => 0xdeadbeef,
      log: (level, text) => this.log.push(`${level} ${text}`),
      logRarely: (level, _subject, text) => this.log.push(`${level} ${text}`),
    };
  }
}
