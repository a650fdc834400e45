import type { ByteSpan } from "@corosync/codec";
import { requireDistinctAddresses } from "../member-list.ts";
import type { ConfigurationChange, RingId } from "../process-group.ts";
import type { RingCounters } from "../ring/counters.ts";
import type { TotemSettings } from "../ring/totem-config.ts";
import type { TotemOnTransport } from "../totem-on-transport.ts";
import type { Member } from "../transport/transport.ts";
import { EventOutlet } from "./event-outlet.ts";
import { MulticastQueue } from "./multicast-queue.ts";
import { RingError } from "./ring-error.ts";
import type { RingEvent, RingEvents } from "./ring-event.ts";
import { ringConfig } from "./ring-settings.ts";

const DEFAULT_QUEUED_BYTES = 64 * 1024 * 1024;

/**
 * This node's place in a ring. Iterating it, or listening, yields messages and memberships in the one
 * order that all members share; the first event is the membership of the first ring.
 *
 * Order around a change. All that was sent in the old ring is delivered before the membership event
 * to every node that comes along from it. What waits in a queue at that moment, and a long message
 * that has left only in part, is sent in the new ring, in the order in which it was multicast, and is
 * delivered behind the event to every member, joined or not. So members that stay together see equal
 * sequences of events, and who joins misses nothing of what follows its first event.
 */
export class JoinedRing implements AsyncIterable<RingEvent>, AsyncDisposable {
  readonly nodeId: number;
  /** Resolves when the ring was left or closed; with the error if it ended otherwise. */
  readonly closed: Promise<RingError | null>;
  readonly #running: TotemOnTransport;
  readonly #outlet: EventOutlet;
  readonly #multicasts: MulticastQueue;
  #ended: Promise<void> | null = null;
  #left: readonly number[] = [];
  #onFormed: (() => void) | null = null;
  #resolveClosed!: (error: RingError | null) => void;

  #configured: number;
  #settings: TotemSettings;

  /** For `createRing`. @param configured members of the list */
  constructor(
    running: TotemOnTransport,
    configured: number,
    settings: TotemSettings,
    maxQueuedBytes = DEFAULT_QUEUED_BYTES,
  ) {
    const { groups } = running.totem;
    this.nodeId = groups.nodeId;
    this.#running = running;
    this.#configured = configured;
    this.#settings = settings;
    this.#outlet = new EventOutlet(maxQueuedBytes);
    const group = groups.join("ring", {
      deliver: (nodeId, message) => this.#deliver(nodeId, message),
      configurationChanged: (change) => this.#configurationChanged(change),
    });
    this.#multicasts = new MulticastQueue(groups, group);
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  /** Resolves at the first membership; for `createRing`. */
  formed(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onFormed = resolve;
      void this.closed.then((error) => reject(error ?? wasClosed()));
    });
  }

  /** Members of the ring now: the events of this ring may still wait to be taken. */
  get members(): readonly number[] {
    return this.#running.totem.members;
  }

  get ringId(): RingId {
    return this.#running.totem.ringId;
  }

  get counters(): Readonly<RingCounters> {
    return this.#running.totem.counters;
  }

  /**
   * Resolves when the message is queued; waits while the queue is critically full (3 of 4 MiB). It is
   * then delivered to every member, this node included, unless this node dies or leaves first. `bytes`
   * must not be changed before.
   * @param bytes at most 1 MiB
   * @throws RingError when it is too long, the ring was left, or 10,000 calls wait already; TypeError
   *   when it is no Uint8Array; the signal's reason when it aborts, and then the message is not sent
   */
  multicast(bytes: Uint8Array, options?: { readonly signal?: AbortSignal }): Promise<void> {
    return this.#multicasts.send(bytes, options?.signal);
  }

  /**
   * Queues the message at once if there is room and no other call waits.
   * @returns false when it was not queued
   * @throws RingError when it is too long or the ring was left
   */
  tryMulticast(bytes: Uint8Array): boolean {
    return this.#multicasts.trySend(bytes);
  }

  /**
   * Calls `listener` for each event of a type, within the delivery: it should be quick. Events that
   * wait are given to the listeners that the same turn adds.
   * @returns a function that removes the listener
   * @throws RingError when the ring is being iterated: events go one way or the other
   */
  on<T extends keyof RingEvents>(type: T, listener: (event: RingEvents[T]) => void): () => void {
    return this.#outlet.on(type, listener);
  }

  /**
   * The events from where the last iteration stopped: every event is taken once, by one iteration.
   * @throws the signal's reason when it aborts; RingError when the ring ended by an error or has listeners,
   *   CS_ERR_BUSY when another iteration waits for the next event
   */
  events(options?: { readonly signal?: AbortSignal }): AsyncGenerator<RingEvent, void, undefined> {
    return this.#outlet.events(options?.signal);
  }

  /** As `events()`. */
  [Symbol.asyncIterator](): AsyncGenerator<RingEvent, void, undefined> {
    return this.events();
  }

  /**
   * Replaces the member list while the ring runs. All members should do it at about the same time. Who
   * is no longer listed is neither sent to nor heard: if it is in the ring, the ring loses its token
   * and forms anew without it. Who is new can join.
   *
   * Resolves when the new members can be sent to.
   * @throws RangeError for a wrong list, or one in which this node is missing or has moved; RingError
   *   when the ring was left; the transport's error when a new member can not be sent to
   */
  async setMemberList(members: readonly Member[]): Promise<void> {
    if (this.#ended !== null) throw wasClosed();
    requireDistinctAddresses(members);
    await this.#running.setMemberList(members);
    this.#configured = members.length;
    this.reconfigure(this.#settings);
  }

  /**
   * Replaces the settings while the ring runs: Corosync's defaults for what is not given, but for
   * `netMtuBytes` and the heartbeat, which stay. Timers use the new values when they are armed next.
   * @throws RangeError for a wrong setting; RingError when the ring was left
   */
  reconfigure(settings: TotemSettings): void {
    if (this.#ended !== null) throw wasClosed();
    const config = ringConfig(this.#configured, settings);
    this.#settings = settings;
    // Not within a delivery, where a listener may call this.
    queueMicrotask(() => this.#running.totem.reconfigure(config));
  }

  /** Drops packets from and to these nodes, until called again with others: for tests of partitions. */
  block(nodeIds: readonly number[]): void {
    this.#running.block(nodeIds);
  }

  /** Says good-bye, so that the others need not wait for a timeout. What is still queued is not sent. */
  leave(): Promise<void> {
    return this.#end(null, true);
  }

  /** Ends it without a word: to the others it looks as if the process had died. */
  close(): Promise<void> {
    return this.#end(null, false);
  }

  /** What `await using` calls at the end of its block: leaves the ring. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }

  /** The ring can not go on. For `createRing`. */
  fail(error: RingError): void {
    void this.#end(error, true);
  }

  #end(error: RingError | null, goodBye: boolean): Promise<void> {
    this.#ended ??= this.#finish(error, goodBye);
    return this.#ended;
  }

  async #finish(error: RingError | null, goodBye: boolean): Promise<void> {
    this.#multicasts.close(error ?? wasClosed());
    this.#outlet.end(error);
    // A failure is found within a token visit, which goes on until it returns.
    if (error !== null) await null;
    if (goodBye) this.#running.totem.leave();
    await this.#running.close();
    this.#resolveClosed(error);
  }

  #deliver(nodeId: number, message: ByteSpan): void {
    this.#push({ type: "message", nodeId, data: message.copy() });
  }

  #configurationChanged({ kind, members, joined, left, ringId }: ConfigurationChange): void {
    if (kind === "transitional") {
      this.#left = left;
      return;
    }
    this.#push({ type: "membership", members: [...members], joined, left: this.#left, ringId });
    this.#onFormed?.();
  }

  #push(event: RingEvent): void {
    if (this.#ended !== null || this.#outlet.push(event)) return;
    this.fail(new RingError("CS_ERR_NO_MEMORY", "too many bytes of events wait to be taken"));
  }
}

function wasClosed(): RingError {
  return new RingError("CS_ERR_BAD_HANDLE", "the ring was left");
}
