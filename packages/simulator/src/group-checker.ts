import type { CpgConfiguration, CpgMembership } from "@corosync/cpg";
import type { RingLog } from "./ring-log.ts";
import { differenceOf } from "./sequence-comparison.ts";
import { Violation } from "./violation.ts";

/** What a process saw from one ring's configuration event to the next. */
interface View {
  readonly ring: string;
  readonly previous: string;
  /** The process was in the group from the ring's start. */
  readonly whole: boolean;
  readonly events: string[];
}

/** One process in a group, and what it may see there (spec services-cpg-sam 8). */
export class GroupLog {
  members: readonly string[] = [];
  /** Highest number heard of each sender. */
  readonly #numbers = new Map<string, number>();
  #view: View | null = null;
  /** Own messages that were delivered, and that were sent. */
  ownDelivered = 0;
  ownSent = 0;

  constructor(
    readonly name: string,
    readonly group: string,
    readonly checker: GroupChecker,
    readonly rings: RingLog,
  ) {}

  message(sender: string, number: number): void {
    if (!this.members.includes(sender))
      throw new Violation("CPG", `${this.name} got a message of ${sender}, which is not in ${this.members}`);
    const last = this.#numbers.get(sender) ?? -1;
    if (number <= last) throw new Violation("M9", `${this.name} got ${sender} #${number} after #${last}`);
    this.#numbers.set(sender, number);
    if (sender === this.name) {
      if (number !== this.ownDelivered)
        throw new Violation("M7", `${this.name} got its own #${number}, #${this.ownDelivered} is missing`);
      this.ownDelivered++;
    }
    this.#view?.events.push(`${sender}:${number}`);
  }

  membership({ members, left, joined }: CpgMembership): void {
    const names = members.map(nameOf);
    const gone = left.map(nameOf);
    const come = joined.map(nameOf);
    if (this.members.length > 0) {
      const expected = [...this.members.filter((name) => !gone.includes(name)), ...come].sort().join();
      if ([...names].sort().join() !== expected)
        throw new Violation("CPG", `${this.name} sees members ${names}, expected ${expected}`);
    }
    const sorted = [...members].sort((a, b) => a.nodeId - b.nodeId || a.pid - b.pid).map(nameOf);
    if (sorted.join() !== names.join())
      throw new Violation("CPG", `${this.name} sees members out of order: ${names}`);
    this.members = names;
    const reasons = [...left, ...joined].map((change) => `${nameOf(change)}/${change.reason}`);
    this.#view?.events.push(`view:${reasons.join()}`);
  }

  configuration({ ringId }: CpgConfiguration): void {
    const ring = `${ringId.representative}.${ringId.sequence}`;
    if (this.#view?.whole === true) {
      const path = this.rings.path(this.#view.ring, ring);
      if (path !== null) this.checker.viewEnded(this.name, `${this.group} ${path}`, this.#view);
    }
    // Who joined within a ring saw its end only.
    this.#view = { ring, previous: this.rings.before(ring), whole: this.#view !== null, events: [] };
  }
}

/** Compares what the processes of a group saw: virtual synchrony as clients are promised it. */
export class GroupChecker {
  readonly #views = new Map<string, { name: string; view: View }>();

  /** @param key the group, and the rings that the process went through from this view to the next */
  viewEnded(name: string, key: string, view: View): void {
    const known = this.#views.get(key);
    if (known === undefined) {
      this.#views.set(key, { name, view });
      if (this.#views.size > 400) this.#views.delete(this.#views.keys().next().value!);
      return;
    }
    const together = known.view.previous === view.previous;
    const difference = differenceOf(known.view.events, view.events, together, (event) =>
      event.slice(0, event.indexOf(":")),
    );
    if (difference !== null) throw new Violation("CPG", `${known.name} and ${name}, ${key}: ${difference}`);
  }
}

function nameOf({ nodeId, pid }: { readonly nodeId: number; readonly pid: number }): string {
  return `${nodeId}/${pid}`;
}
