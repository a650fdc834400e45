import type { ConfigurationChange, ProcessGroups, RingId, TotemGroup } from "@corosync/totem";
import { hashBytes, hashView } from "./byte-hash.ts";
import { Violation } from "./violation.ts";

/** What a node delivered between one regular configuration and the next. */
export interface Stretch {
  /** Ring of the regular configuration, and of the one the node came from. */
  readonly ring: string;
  readonly previous: string;
  readonly members: readonly number[];
  readonly regular: string[];
  readonly transitional: string[];
  /** Ring that follows, and who goes there together. */
  next: string | null;
  together: readonly number[];
}

export interface RingObserver {
  sent(hash: number, length: number): void;
  delivered(from: number, hash: number, length: number): void;
  changed(change: ConfigurationChange): void;
  stretchEnded(stretch: Stretch): void;
  regular(change: ConfigurationChange): void;
}

const PATH_MAX = 500;
/** Rings through which a message may be cut and go on. */
const CUT_RINGS = 3;

const nameOf = (ringId: RingId): string => `${ringId.representative}.${ringId.sequence}`;

/** Follows one life of a node between the ring and the executive, and checks what one node alone can show. */
export class RingLog {
  #stretch: Stretch | null = null;
  #pending: ConfigurationChange | null = null;
  #sequence: number;
  /** Names of the rings of this life, the latest ones. */
  readonly #path: string[] = [];

  /** @param storedSequence of the life before */
  constructor(
    readonly nodeId: number,
    storedSequence: number,
    readonly observer: RingObserver,
  ) {
    this.#sequence = storedSequence;
  }

  /** The rings from one to another; two nodes with the same were together all the way. Null: forgotten. */
  path(from: string, to: string): string | null {
    const start = this.#path.lastIndexOf(from);
    const end = this.#path.lastIndexOf(to);
    return start < 0 || end < start ? null : this.#path.slice(start, end + 1).join(" ");
  }

  /** The rings before that one: a long message can be under way through several. */
  before(ring: string): string {
    const at = this.#path.lastIndexOf(ring);
    const rings = this.#path.slice(Math.max(0, at - CUT_RINGS), at);
    return rings.length < CUT_RINGS ? `start of ${this.nodeId}` : rings.join(" ");
  }

  get current(): Stretch | null {
    return this.#stretch;
  }

  /** The same process groups, watched. */
  watch(groups: ProcessGroups): ProcessGroups {
    let first = true;
    return {
      nodeId: groups.nodeId,
      maxMessageBytes: groups.maxMessageBytes,
      get queueLevel() {
        return groups.queueLevel;
      },
      acknowledgeTransition: () => groups.acknowledgeTransition(),
      afterToken: (work) => groups.afterToken(work),
      onQueueLevel: (listener) => groups.onQueueLevel(listener),
      join: (name, receiver): TotemGroup => {
        const announces = first;
        first = false;
        const group = groups.join(name, {
          deliver: (from, message) => {
            this.#delivered(from, hashView(message.view, message.offset, message.length), message.length);
            receiver.deliver(from, message);
          },
          configurationChanged: (change) => {
            if (announces) this.#changed(change);
            receiver.configurationChanged?.(change);
          },
        });
        return {
          multicast: (header, payload) => {
            const whole =
              payload === undefined ? header.copy() : new Uint8Array(header.length + payload.length);
            if (payload !== undefined) {
              whole.set(header.subarray());
              whole.set(payload.subarray(), header.length);
            }
            if (!group.multicast(header, payload)) return false;
            this.observer.sent(hashBytes(whole, 0, whole.length), whole.length);
            return true;
          },
        };
      },
    };
  }

  #delivered(from: number, hash: number, length: number): void {
    if (this.#stretch === null) throw this.#broken("C1", "a message before the first configuration");
    const list = this.#pending === null ? this.#stretch.regular : this.#stretch.transitional;
    list.push(`${from}:${hash.toString(16)}`);
    if (this.#pending !== null && !this.#pending.members.includes(from))
      throw this.#broken("M6", `a message of ${from} behind the transitional configuration it is not in`);
    if (this.#pending === null && !this.#stretch.members.includes(from))
      throw this.#broken("M3", `a message of ${from} in a ring without it`);
    this.observer.delivered(from, hash, length);
  }

  #changed(change: ConfigurationChange): void {
    this.observer.changed(change);
    const { members, ringId, left, joined } = change;
    const before = this.#stretch?.members ?? [];
    if (change.kind === "transitional") {
      if (this.#pending !== null) throw this.#broken("C1", "two transitional configurations in a row");
      if (ringId.sequence <= this.#sequence)
        throw this.#broken("C4", `ring ${ringId.sequence} after ${this.#sequence}`);
      this.#sequence = ringId.sequence;
      if (members.some((id) => !before.includes(id)))
        throw this.#broken("C2", `transitional ${members} not within ${before}`);
      if (this.#stretch !== null && !members.includes(this.nodeId))
        throw this.#broken("C2", `transitional ${members} without the node itself`);
      this.#same(
        "left",
        left,
        before.filter((id) => !members.includes(id)),
      );
      this.#pending = change;
      return;
    }
    const pending = this.#pending;
    if (pending === null || nameOf(pending.ringId) !== nameOf(ringId))
      throw this.#broken("C1", `regular configuration ${nameOf(ringId)} without its transitional`);
    if (!members.includes(this.nodeId)) throw this.#broken("C2", `ring ${members} without the node itself`);
    if (members.some((id, i) => i > 0 && members[i - 1]! >= id)) throw this.#broken("C2", `ring ${members}`);
    if (Math.min(...members) !== ringId.representative)
      throw this.#broken("C3", `representative ${ringId.representative} of ${members}`);
    this.#same(
      "joined",
      joined,
      members.filter((id) => !pending.members.includes(id)),
    );
    this.#pending = null;
    if (this.#stretch !== null) {
      this.#stretch.next = nameOf(ringId);
      this.#stretch.together = pending.members;
      this.observer.stretchEnded(this.#stretch);
    }
    this.#path.push(nameOf(ringId));
    if (this.#path.length > PATH_MAX) this.#path.shift();
    this.#stretch = {
      ring: nameOf(ringId),
      previous: this.before(nameOf(ringId)),
      members,
      regular: [],
      transitional: [],
      next: null,
      together: [],
    };
    this.observer.regular(change);
  }

  #same(what: string, one: readonly number[], other: readonly number[]): void {
    const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b).join();
    if (sorted(one) !== sorted(other)) throw this.#broken("C2", `${what} is ${one}, should be ${other}`);
  }

  #broken(property: string, text: string): Violation {
    return new Violation(property, `node ${this.nodeId}: ${text}`);
  }
}
