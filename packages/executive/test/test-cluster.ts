import { ByteSpan } from "@corosync/codec";
import { type CpgBehaviour, createCpgEngine, protocol } from "@corosync/cpg";
import { createExecutive, type Executive } from "@corosync/executive";
import type { CarrierServer, ConnectionHandler, ServerConnection } from "@corosync/ipc";
import { responseHeader, type ServiceEngine, type SyncCallbacks } from "@corosync/service";
import { type BusNode, TotalOrderBus } from "./total-order-bus.ts";

const { EVENT_ID, REASON, REQUEST_ID } = protocol;
const REASON_NAMES = Object.fromEntries(
  Object.entries(REASON).map(([name, value]) => [value, name.toUpperCase()]),
);
const nameBytes = (text: string) => Uint8Array.from(Buffer.from(text));
const nameText = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** Clients by pid, to name them in events. */
export type Names = ReadonlyMap<number, string>;

let nextConnection = 1;

/** A libcpg program as far as the daemon can tell: one connection, requests in, responses and events out. */
export class TestClient implements ServerConnection {
  readonly id = nextConnection++;
  readonly credentials = null;
  open = true;
  /** Errors of the responses so far. */
  readonly results: number[] = [];
  readonly responses: Uint8Array[] = [];
  readonly events: string[] = [];
  readonly #reserved: { kind: "response" | "event"; span: ByteSpan }[] = [];
  readonly #waiting: Uint8Array[] = [];

  constructor(
    readonly server: TestServer,
    readonly pid: number,
    readonly names: Names,
  ) {
    server.clients.add(this);
    server.handler.connectionOpened(this);
  }

  respond(length: number): ByteSpan {
    return this.#reserve("response", length);
  }

  event(length: number): ByteSpan {
    return this.#reserve("event", length);
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.server.clients.delete(this);
    this.server.handler.connectionClosed(this);
  }

  join(group: string, flags = 0): void {
    const value = { name: nameBytes(group), pid: this.pid, flags };
    this.request(protocol.encodeRequest(REQUEST_ID.join, protocol.joinRequest, value));
  }

  leave(group: string): void {
    const value = { name: nameBytes(group), pid: this.pid };
    this.request(protocol.encodeRequest(REQUEST_ID.leave, protocol.leaveRequest, value));
  }

  send(text: string): void {
    this.sendBytes(nameBytes(text));
  }

  sendBytes(data: Uint8Array): void {
    const bytes = protocol.mcastRequest.encode({ guarantee: 2, messageLength: data.length }, data.length);
    bytes.set(data, 40);
    responseHeader.encodeInto({ id: REQUEST_ID.mcast, size: bytes.length, error: 0 }, bytes.subarray(0, 24));
    this.request(bytes);
  }

  finalize(): void {
    this.request(protocol.encodeBareRequest(REQUEST_ID.finalize));
    this.close();
  }

  /** Requests wait while flow control is on or an earlier one waits, as on a real connection. */
  request(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.offer();
  }

  offer(): void {
    while (this.#waiting.length > 0 && this.server.word === 0) {
      if (this.server.handler.request(this, new ByteSpan(this.#waiting[0]!)) === "later") return;
      this.#waiting.shift();
    }
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Takes in what the engine wrote. */
  read(): void {
    for (const { kind, span } of this.#reserved.splice(0)) {
      const bytes = span.copy();
      const { id, size, error } = responseHeader.decode(bytes);
      if (size !== bytes.length) throw new Error(`${kind} ${id} of ${bytes.length} bytes claims ${size}`);
      if (kind === "response") {
        this.results.push(error);
        this.responses.push(bytes);
      } else this.events.push(this.#describe(id, bytes));
    }
  }

  #reserve(kind: "response" | "event", length: number): ByteSpan {
    // Recycled memory: only the header is zeroed, so stale bytes elsewhere would be noticed.
    const span = new ByteSpan(new Uint8Array(length + 3).fill(0xcc), 3, length);
    span.bytes.fill(0, 3, 27);
    if (this.open) this.#reserved.push({ kind, span });
    return span;
  }

  #describe(id: number, bytes: Uint8Array): string {
    if (id === EVENT_ID.deliver) {
      const { name, pid, messageLength } = protocol.deliverHeader.decode(bytes);
      const data = bytes.subarray(184);
      if (messageLength !== data.length)
        throw new Error(`${messageLength} bytes announced, ${data.length} there`);
      return `deliver[${nameText(name)}] ${this.#name(pid)}: ${nameText(data.subarray(0, 64))}`;
    }
    if (id === EVENT_ID.partialDeliver) {
      const { pid, type, fragmentLength } = protocol.partialDeliverHeader.decode(bytes);
      return `partial ${this.#name(pid)}: type ${type}, ${fragmentLength}`;
    }
    if (id === EVENT_ID.totemConfchg) return `totem ${protocol.decodeTotemConfchg(bytes).members}`;
    const { name, members, left, joined } = protocol.decodeConfchg(bytes);
    const reasons = (list: typeof left) => list.map((p) => `${this.#name(p.pid)}/${REASON_NAMES[p.reason]}`);
    const who = members.map((p) => this.#name(p.pid));
    return `confchg[${nameText(name)}] m[${who}] l[${reasons(left)}] j[${reasons(joined)}]`;
  }

  #name(pid: number): string {
    return this.names.get(pid) ?? String(pid);
  }
}

/** A carrier whose clients are objects of the test. */
export class TestServer implements CarrierServer {
  word: 0 | 1 | 2 = 0;
  readonly clients = new Set<TestClient>();

  constructor(readonly handler: ConnectionHandler) {}

  setFlowControl(word: 0 | 1 | 2): void {
    this.word = word;
    if (word === 0) this.resume();
  }

  resume(): void {
    for (const client of this.clients) client.offer();
  }

  close(): Promise<void> {
    for (const client of [...this.clients].reverse()) client.close();
    return Promise.resolve();
  }
}

export interface TestNode {
  readonly totem: BusNode;
  readonly executive: Executive;
  readonly server: TestServer;
  readonly log: string[];
}

/** A service that only takes part in synchronizations, as the other services of a C node do. */
export function silentService(id: number, name: string, callbacks?: Partial<SyncCallbacks>): ServiceEngine {
  return {
    id,
    name: `corosync_${name}`,
    description: name,
    subsystem: name.toUpperCase(),
    ipcName: null,
    unloadPriority: 1,
    requests: [],
    messages: [],
    sync: { init: () => {}, process: () => true, activate: () => {}, abort: () => {}, ...callbacks },
    start: () => {},
  };
}

export interface TestClusterOptions {
  readonly behaviour?: CpgBehaviour;
  /** More services of a node, besides CPG. */
  readonly services?: (nodeId: number) => readonly ServiceEngine[];
}

/** Executives with CPG on a bus. */
export class TestCluster {
  readonly bus = new TotalOrderBus();
  readonly nodes = new Map<number, TestNode>();
  readonly names = new Map<number, string>();
  readonly clients = new Map<string, TestClient>();
  nowMs = 0;
  #nextPid = 1000;

  constructor(readonly options: TestClusterOptions = {}) {}

  async start(...ids: number[]): Promise<void> {
    for (const id of ids) {
      const totem = this.bus.add(id);
      const { behaviour, services } = this.options;
      const log: string[] = [];
      const executive = createExecutive({
        totem,
        services: [createCpgEngine(behaviour === undefined ? {} : { behaviour }), ...(services?.(id) ?? [])],
        log: (subsystem, level, text) => log.push(`${subsystem} ${level} ${text}`),
        random: () => 0x1234,
        nowMs: () => this.nowMs,
      });
      let server: TestServer | null = null;
      await executive.serve((_service, handler) => {
        server = new TestServer(handler);
        return server;
      });
      this.nodes.set(id, { totem, executive, server: server!, log });
    }
  }

  /** The daemon is killed: its clients notice, the ring does not yet. */
  kill(id: number): void {
    const node = this.nodes.get(id)!;
    for (const client of node.server.clients) client.open = false;
    this.bus.remove(id);
    this.nodes.delete(id);
  }

  /** Connects a client; pids grow unless given. */
  connect(name: string, nodeId: number, pid = this.#nextPid++): TestClient {
    this.names.set(pid, name);
    const client = new TestClient(this.nodes.get(nodeId)!.server, pid, this.names);
    this.clients.set(name, client);
    return client;
  }

  client(name: string): TestClient {
    return this.clients.get(name)!;
  }

  /** Lets the ring run until it is idle. */
  settle(first?: number): void {
    this.bus.settle(first);
    for (const client of this.clients.values()) client.read();
  }

  /** Takes the events since the last call, of clients that had any. */
  take(): Record<string, string[]> {
    const taken: Record<string, string[]> = {};
    for (const [name, client] of this.clients) {
      client.read();
      const events = client.events.splice(0);
      if (events.length > 0) taken[name] = events;
    }
    return taken;
  }
}
