import type { ClientConnection } from "@corosync/ipc";
import { CsError } from "@corosync/service";
import { MAX_ATOMIC_MESSAGE_BYTES, PARTIAL_TYPE, REQUEST_ID } from "../protocol/message-ids.ts";
import { encodePartialMcastRequest } from "../protocol/requests.ts";
import { requireOk } from "../protocol/responses.ts";
import { abortable, pause } from "./abortable.ts";

const REQUEST_DATA = 40;
/** The guarantee asked for; every one of them is agreed delivery. */
const AGREED = 2;
/** How libcpg repeats a fragment that finds no room (spec services-cpg-sam 6). */
const FRAGMENT_ATTEMPTS = 100;
const FRAGMENT_RETRY_MS = 10;
/** How often a long message is begun again because the group changed in its midst. */
const MESSAGE_ATTEMPTS = 16;
/** Calls that may wait for their turn. */
const MAX_WAITING = 65_536;

const DONE = Promise.resolve();

export interface SenderOptions {
  /** Bytes that may be on their way to the executive before calls wait. */
  readonly maxPendingBytes: number;
}

/** Multicasts of one connection, in the order of the calls. */
export class Sender {
  /** Resolves when the last call that had to wait is through. */
  #tail: Promise<unknown> = DONE;
  #waiting = 0;
  #closed: CsError | null = null;
  /** New calls fail with this; those that wait go on. */
  #stopped: CsError | null = null;

  constructor(
    readonly connection: ClientConnection,
    readonly options: SenderOptions,
  ) {}

  /** Calls fail from here on, those that wait included. */
  close(error: CsError): void {
    this.#closed ??= error;
    this.#stopped ??= error;
  }

  /** New calls fail from here on. Resolves when those that wait are through. */
  async stop(error: CsError): Promise<void> {
    this.#stopped ??= error;
    await this.#tail;
  }

  /** Sends at once if nothing is in the way. @throws CsError when it is too long or the group is closed */
  trySend(bytes: Uint8Array): boolean {
    if (this.#stopped !== null) throw this.#stopped;
    if (bytes.length > MAX_ATOMIC_MESSAGE_BYTES) throw new CsError("CS_ERR_TOO_BIG", "cpg multicast");
    if (this.#waiting > 0 || this.connection.pendingBytes >= this.options.maxPendingBytes) return false;
    this.#write(bytes);
    return true;
  }

  send(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    try {
      signal?.throwIfAborted();
      if (bytes.length <= MAX_ATOMIC_MESSAGE_BYTES && this.trySend(bytes)) return DONE;
      return this.#inTurn(signal, () => this.#sendOne(bytes, signal));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  sendAll(list: readonly Uint8Array[], signal: AbortSignal | undefined): Promise<void> {
    return this.#inTurn(signal, async () => {
      for (const bytes of list) {
        if (bytes.length > MAX_ATOMIC_MESSAGE_BYTES || this.#congested) await this.#sendOne(bytes, signal);
        else this.#write(bytes);
      }
    });
  }

  get #congested(): boolean {
    return this.connection.pendingBytes >= this.options.maxPendingBytes;
  }

  async #inTurn(signal: AbortSignal | undefined, work: () => Promise<void>): Promise<void> {
    if (this.#stopped !== null) throw this.#stopped;
    if (this.#waiting >= MAX_WAITING) throw new CsError("CS_ERR_TRY_AGAIN", "cpg multicast");
    this.#waiting++;
    const turn = this.#tail.then(async () => {
      try {
        signal?.throwIfAborted();
        if (this.#closed !== null) throw this.#closed;
        await work();
      } finally {
        this.#waiting--;
      }
    });
    this.#tail = turn.catch(() => undefined);
    await abortable(turn, signal);
  }

  async #sendOne(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    while (this.#congested) await abortable(this.connection.drained(), signal);
    if (this.#closed !== null) throw this.#closed;
    if (bytes.length <= MAX_ATOMIC_MESSAGE_BYTES) this.#write(bytes);
    else await this.#sendLong(bytes, signal);
  }

  #write(bytes: Uint8Array): void {
    const { length } = bytes;
    const span = this.connection.send(REQUEST_DATA + length);
    const { view, offset } = span;
    span.bytes.fill(0, offset, offset + REQUEST_DATA);
    view.setInt32(offset, REQUEST_ID.mcast, true);
    view.setInt32(offset + 8, REQUEST_DATA + length, true);
    view.setUint32(offset + 24, AGREED, true);
    view.setUint32(offset + 32, length, true);
    span.bytes.set(bytes, offset + REQUEST_DATA);
  }

  /** The executive ends a message in whose midst the group changes; it is begun again from the start. */
  async #sendLong(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#sendFragments(bytes, signal);
        return;
      } catch (error) {
        const interrupted = error instanceof CsError && error.code === "CS_ERR_INTERRUPT";
        if (!interrupted || attempt === MESSAGE_ATTEMPTS) throw error;
      }
    }
  }

  async #sendFragments(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    for (let at = 0; at < bytes.length; at += MAX_ATOMIC_MESSAGE_BYTES) {
      const data = bytes.subarray(at, at + MAX_ATOMIC_MESSAGE_BYTES);
      const last = at + data.length === bytes.length;
      const type = at === 0 ? PARTIAL_TYPE.first : last ? PARTIAL_TYPE.last : PARTIAL_TYPE.continued;
      const fields = { guarantee: AGREED, messageLength: bytes.length, type };
      await this.#sendFragment(encodePartialMcastRequest(fields, data), signal);
    }
  }

  async #sendFragment(request: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        requireOk(await this.connection.request(request), "cpg multicast");
        signal?.throwIfAborted();
        return;
      } catch (error) {
        const busy = error instanceof CsError && error.code === "CS_ERR_TRY_AGAIN";
        if (!busy || attempt === FRAGMENT_ATTEMPTS) throw error;
      }
      await pause(FRAGMENT_RETRY_MS, signal);
    }
  }
}
