import { ByteSpan } from "@corosync/codec";
import { REASON, RING_FN } from "../protocol/message-ids.ts";
import { procChange } from "../protocol/ring-messages.ts";
import type { Group } from "./group.ts";
import type { Membership } from "./membership.ts";

interface Departure {
  readonly pid: number;
  readonly group: Group;
}

/**
 * Leaves of clients that went away without asking. They are multicast in order when nothing stands in
 * the way: no synchronization runs, so that the leave comes after everything the process sent and after
 * the joinlist that still names it (spec services-cpg-sam 11, D3 and D4), and the ring has room.
 */
export class Departures {
  readonly #unsent: Departure[] = [];
  readonly #underway: Departure[] = [];
  #retrying = false;

  constructor(readonly membership: Membership) {}

  get length(): number {
    return this.#unsent.length + this.#underway.length;
  }

  add(pid: number, group: Group): void {
    group.holders++;
    this.#unsent.push({ pid, group });
    this.sendWaiting();
  }

  /** True between the end of a process and the delivery of its leave. */
  has(pid: number, group: Group): boolean {
    const same = (d: Departure) => d.pid === pid && d.group === group;
    return this.#unsent.some(same) || this.#underway.some(same);
  }

  /** An own PROCLEAVE was delivered. */
  delivered(pid: number, name: Uint8Array): void {
    const group = this.membership.groups.findName(name);
    const index = this.#underway.findIndex((d) => d.pid === pid && d.group === group);
    if (index < 0) return;
    const [{ group: left }] = this.#underway.splice(index, 1) as [Departure];
    left.holders--;
    this.membership.groups.release(left);
  }

  /** Sends what may be sent now. */
  sendWaiting(): void {
    if (!this.#sendWhileRoom()) this.#retry();
  }

  /** @returns false when the ring has no room */
  #sendWhileRoom(): boolean {
    const { host, behaviour } = this.membership;
    while (this.#unsent.length > 0) {
      // The end of the synchronization calls again.
      if (host.synchronizing && behaviour.holdLeavesWhileSynchronizing) return true;
      const departure = this.#unsent[0]!;
      const { pid, group } = departure;
      const message = procChange.encode({ name: group.name, pid, reason: REASON.procDown });
      if (!host.multicast(RING_FN.procLeave, new ByteSpan(message))) return false;
      this.#unsent.shift();
      this.#underway.push(departure);
    }
    return true;
  }

  #retry(): void {
    if (this.#retrying) return;
    this.#retrying = true;
    this.membership.host.afterToken(() => {
      const done = this.#sendWhileRoom();
      this.#retrying = !done;
      return done;
    });
  }
}
