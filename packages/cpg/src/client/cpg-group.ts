import { ByteSpan, CodecError } from "@corosync/codec";
import type { ClientConnection } from "@corosync/ipc";
import { CsError } from "@corosync/service";
import { decodeConfchg, decodeTotemConfchg, partialDeliverHeader } from "../protocol/events.ts";
import { EVENT_ID, REQUEST_ID } from "../protocol/message-ids.ts";
import { encodeBareRequest, encodeRequest, leaveRequest } from "../protocol/requests.ts";
import { requireOk } from "../protocol/responses.ts";
import { abortable } from "./abortable.ts";
import { Assemblies } from "./assemblies.ts";
import { type CpgConfiguration, type CpgEvent, type CpgMembership, changeOf } from "./cpg-event.ts";
import { EventQueue } from "./event-queue.ts";
import { Sender } from "./sender.ts";

const DELIVER_DATA = 184;
const PARTIAL_DELIVER_DATA = 200;

/**
 * Takes events without objects of their own. `data` is lent for the call. An exception ends the group.
 */
export interface CpgReceiver {
  /** A message, from a process on a node. */
  message(nodeId: number, pid: number, data: ByteSpan): void;
  /** Processes joined or left the group. */
  membership?(event: CpgMembership): void;
  /** The ring has changed. */
  configuration?(event: CpgConfiguration): void;
}

/** How a group's events are taken, and the bounds of its queues. */
export interface CpgGroupOptions {
  /** Gets all events instead of the iteration: for throughput. */
  readonly receiver?: CpgReceiver;
  /** Bytes of events that may wait to be iterated before the executive is asked to pause. Default 4 MiB. */
  readonly maxQueuedBytes?: number;
  /** Bytes that may be on their way to the executive before `multicast` waits. Default 1 MiB. */
  readonly maxPendingBytes?: number;
  /** Bytes of long messages under way to us; a longer one ends the group. Default 256 MiB. */
  readonly maxAssemblyBytes?: number;
  /** Also deliver the ring's configuration once after the own join. Default true. */
  readonly initialConfiguration?: boolean;
}

/** Where a group stands on its own connection, and who it is there. */
export interface GroupIdentity {
  readonly name: Uint8Array;
  readonly nodeId: number;
  readonly pid: number;
}

/**
 * Membership in a closed process group. Iterating it yields its events, the own join first; every
 * member sees the same messages and changes in the same order.
 */
export class CpgGroup implements AsyncIterable<CpgEvent>, AsyncDisposable {
  readonly name: Uint8Array;
  readonly nodeId: number;
  readonly pid: number;
  /** Resolves when the group was left or closed; with the error if the connection broke. */
  readonly closed: Promise<Error | null>;
  readonly #connection: ClientConnection;
  readonly #receiver: CpgReceiver | null;
  readonly #queue: EventQueue;
  readonly #sender: Sender;
  readonly #assemblies: Assemblies;
  readonly #lent = new ByteSpan(new Uint8Array(0));
  #finishing: Promise<void> | null = null;
  #ended = false;
  #failure: CsError | null = null;
  #onJoined: (() => void) | null = null;
  /** The own join was delivered. */
  #isIn = false;
  readonly #wantsInitialConfiguration: boolean;
  /** The latest configuration that came before the own join: the executive may not send it again after it. */
  #earlyConfiguration: CpgConfiguration | null = null;
  #resolveClosed!: (error: Error | null) => void;

  /** For `joinGroup`, which sends the join. */
  constructor(connection: ClientConnection, identity: GroupIdentity, options: CpgGroupOptions) {
    this.#connection = connection;
    this.name = identity.name;
    this.nodeId = identity.nodeId;
    this.pid = identity.pid;
    this.#receiver = options.receiver ?? null;
    this.#wantsInitialConfiguration = options.initialConfiguration ?? true;
    this.#queue = new EventQueue(connection, options.maxQueuedBytes ?? 4 * 1024 * 1024);
    this.#sender = new Sender(connection, { maxPendingBytes: options.maxPendingBytes ?? 1024 * 1024 });
    this.#assemblies = new Assemblies(options.maxAssemblyBytes ?? 256 * 1024 * 1024);
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    connection.onEvent = (event) => this.#take(event);
    void connection.closed.then((error) => this.#connectionClosed(error));
  }

  /** Resolves when the own join has been delivered; for `joinGroup`. */
  joined(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onJoined = resolve;
      void this.closed.then((error) => reject(error ?? new CsError("CS_ERR_LIBRARY", "cpg join")));
    });
  }

  /**
   * Resolves when the executive's connection has taken the message; it is then delivered to every
   * member, this one included, unless the executive dies first. `bytes` must not be changed before.
   * Messages above 1 MiB - 1024 go in fragments and are begun again when the group changes meanwhile.
   *
   * @throws CsError when the group is closed; the signal's reason when it aborts before it was sent
   */
  multicast(bytes: Uint8Array, options?: { readonly signal?: AbortSignal }): Promise<void> {
    return this.#sender.send(bytes, options?.signal);
  }

  /** Multicasts many messages in their order, without a promise for each. */
  multicastBatch(list: readonly Uint8Array[], options?: { readonly signal?: AbortSignal }): Promise<void> {
    return this.#sender.sendAll(list, options?.signal);
  }

  /**
   * Multicasts at once if the connection is not congested and no other call waits.
   * @returns false when it was not sent
   * @throws CsError CS_ERR_TOO_BIG for what needs fragments; when the group is closed
   */
  tryMulticast(bytes: Uint8Array): boolean {
    return this.#sender.trySend(bytes);
  }

  /**
   * The events, from where the last iteration stopped.
   * @throws CsError when the connection broke
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<CpgEvent, void, undefined> {
    this.#requireQueue();
    for (let event = await this.#queue.next(); event !== null; event = await this.#queue.next()) yield event;
  }

  /** The events in arrays of all that have arrived: fewer promises when there are many. */
  async *batches(): AsyncGenerator<CpgEvent[], void, undefined> {
    this.#requireQueue();
    for (let batch = await this.#queue.nextBatch(); batch !== null; batch = await this.#queue.nextBatch())
      yield batch;
  }

  /** Events that made no sense and were dropped. */
  get malformedEvents(): number {
    return this.#malformed + this.#assemblies.malformed;
  }
  #malformed = 0;

  /**
   * Asks to leave and resolves when that is accepted. Events up to the own departure still arrive, then
   * the iteration ends and the connection closes.
   */
  async leave(options?: { readonly signal?: AbortSignal }): Promise<void> {
    const waiting = this.#sender.stop(new CsError("CS_ERR_NOT_EXIST", "cpg multicast after leave"));
    await abortable(waiting, options?.signal);
    const request = encodeRequest(REQUEST_ID.leave, leaveRequest, { name: this.name, pid: this.pid });
    requireOk(await abortable(this.#connection.request(request), options?.signal), "cpg leave");
  }

  /** Ends it at once: to the others it looks as if the process died. What was multicast is still sent. */
  close(): Promise<void> {
    this.#finish(new CsError("CS_ERR_BAD_HANDLE", "cpg group was closed"));
    this.#connection.resume();
    return this.#disconnect();
  }

  /** What `await using` calls at the end of its block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #requireQueue(): void {
    if (this.#receiver !== null)
      throw new CsError("CS_ERR_INVALID_PARAM", "iteration of a group whose events go to a receiver");
  }

  /** No more events and multicasts. */
  #finish(error: CsError): void {
    this.#ended = true;
    this.#sender.close(error);
    this.#queue.end(null);
  }

  /** Requests are answered in order: the answer to finalize means that all multicasts were taken. */
  #disconnect(): Promise<void> {
    this.#finishing ??= this.#connection
      .request(encodeBareRequest(REQUEST_ID.finalize))
      .catch(() => undefined)
      .then(() => this.#connection.close());
    return this.#finishing;
  }

  #connectionClosed(error: Error | null): void {
    const failure = this.#failure ?? error;
    this.#sender.close(
      failure instanceof CsError
        ? failure
        : new CsError("CS_ERR_LIBRARY", "cpg multicast", failure === null ? {} : { cause: failure }),
    );
    this.#queue.end(this.#ended ? null : failure);
    this.#resolveClosed(this.#ended ? null : failure);
  }

  #take(event: ByteSpan): void {
    if (this.#ended || this.#failure !== null) return;
    try {
      const id = event.i32(0);
      if (id === EVENT_ID.deliver) this.#takeMessage(event);
      else if (id === EVENT_ID.partialDeliver) this.#takeFragment(event);
      else if (id === EVENT_ID.confchg) this.#takeMembership(event);
      else if (id === EVENT_ID.totemConfchg) this.#takeConfiguration(event);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.#malformed++;
    }
  }

  #takeMessage(event: ByteSpan): void {
    const length = event.length - DELIVER_DATA;
    if (length < 0 || event.u32(160) !== length) {
      this.#malformed++;
      return;
    }
    const nodeId = event.u32(168);
    const pid = event.u32(176);
    if (this.#receiver === null)
      this.#queue.push({ type: "message", nodeId, pid, data: event.copy(DELIVER_DATA) });
    else {
      this.#lent.pointAt(event.bytes, event.view, event.offset + DELIVER_DATA, length);
      this.#receiver.message(nodeId, pid, this.#lent);
    }
  }

  #takeFragment(event: ByteSpan): void {
    const fragment = partialDeliverHeader.decode(event.subarray());
    if (fragment.fragmentLength !== event.length - PARTIAL_DELIVER_DATA) {
      this.#malformed++;
      return;
    }
    const data = this.#assemblies.take(fragment, event, PARTIAL_DELIVER_DATA);
    if (data === "tooBig") this.#fail(new CsError("CS_ERR_NO_MEMORY", "cpg message assembly"));
    else if (data !== null) {
      const { nodeId, pid } = fragment;
      if (this.#receiver === null) this.#queue.push({ type: "message", nodeId, pid, data });
      else this.#receiver.message(nodeId, pid, new ByteSpan(data));
    }
  }

  #takeMembership(event: ByteSpan): void {
    const change = decodeConfchg(event.subarray());
    const membership: CpgMembership = {
      type: "membership",
      members: change.members.map(({ nodeId, pid }) => ({ nodeId, pid })),
      left: change.left.map(changeOf),
      joined: change.joined.map(changeOf),
    };
    for (const member of membership.left) this.#assemblies.forget(member);
    if (this.#receiver === null) this.#queue.push(membership);
    else this.#receiver.membership?.(membership);
    if (membership.joined.some((member) => this.#isMe(member))) {
      this.#isIn = true;
      if (this.#earlyConfiguration !== null) this.#pushConfiguration(this.#earlyConfiguration);
      this.#onJoined?.();
    }
    if (membership.left.some((member) => this.#isMe(member))) {
      this.#finish(new CsError("CS_ERR_NOT_EXIST", "cpg group was left"));
      void this.#disconnect();
    }
  }

  /** Every connection gets configurations, joined or not; events begin with the own join. */
  #takeConfiguration(event: ByteSpan): void {
    const { ringId, members } = decodeTotemConfchg(event.subarray());
    const configuration: CpgConfiguration = { type: "configuration", ringId, members };
    const early = this.#earlyConfiguration;
    if (!this.#isIn) {
      if (this.#wantsInitialConfiguration) this.#earlyConfiguration = configuration;
      return;
    }
    this.#earlyConfiguration = null;
    const sentAgain =
      early?.ringId.sequence === ringId.sequence && early.ringId.representative === ringId.representative;
    if (!sentAgain) this.#pushConfiguration(configuration);
  }

  #pushConfiguration(configuration: CpgConfiguration): void {
    if (this.#receiver === null) this.#queue.push(configuration);
    else this.#receiver.configuration?.(configuration);
  }

  /** A message cannot be delivered, so the order ends here. */
  #fail(error: CsError): void {
    this.#failure = error;
    this.#sender.close(error);
    void this.#connection.close();
  }

  #isMe({ nodeId, pid }: { nodeId: number; pid: number }): boolean {
    return nodeId === this.nodeId && pid === this.pid;
  }
}
