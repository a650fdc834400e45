import type { ChangeReason, CpgConfiguration, CpgMembership } from "@corosync/cpg";
import type { RingChecks } from "./ring-checks.ts";
import type { RingInstance } from "./ring-instances.ts";
import { Violation } from "./violation.ts";

/** How a process ends by itself: it leaves, or it dies (spec services-cpg-sam 6). */
export type End = Extract<ChangeReason, "leave" | "procDown">;

/** What a process saw from one configuration event to the next. */
interface View {
  /** Null when nobody remembers it. */
  readonly ring: RingInstance | null;
  /** The process was in the group from the configuration event on. */
  readonly whole: boolean;
  /** Messages as `node/pid:number`, and changes of the group as `view:...`. */
  readonly events: string[];
}

/** One process in a group, and what it may see there (spec services-cpg-sam 8). */
export class GroupLog {
  members: readonly string[] = [];
  /** Highest number heard of each sender. */
  readonly #numbers = new Map<string, number>();
  /** Processes that went by themselves. */
  readonly #ended = new Set<string>();
  #view: View | null = null;
  /** Own messages that were delivered, and that were sent. */
  ownDelivered = 0;
  ownSent = 0;

  /** @param rings of the node that the process runs on */
  constructor(
    readonly name: string,
    readonly group: string,
    readonly checker: GroupChecker,
    readonly rings: RingChecks,
  ) {}

  /** Sender is a member; its messages come in its order; the own ones all (M7, M9). */
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

  /** Members follow from the changes, in the order of node and pid. */
  membership({ members, left, joined }: CpgMembership): void {
    const names = members.map(nameOf);
    const gone = left.map(nameOf);
    const come = joined.map(nameOf);
    if (this.members.length > 0) {
      const expected = [...this.members.filter((name) => !gone.includes(name)), ...come].sort().join();
      if ([...names].sort().join() !== expected)
        throw new Violation("CPG", `${this.name} sees members ${names}, expected ${expected}`);
    } else if (!come.includes(this.name))
      throw new Violation("CPG", `${this.name} sees ${names} before it joined`);
    const again = come.filter((name) => this.members.includes(name));
    if (again.length > 0) throw new Violation("CPG", `${this.name} sees ${again} join again`);
    this.#checkReasons(left, joined);
    const sorted = [...members].sort((a, b) => a.nodeId - b.nodeId || a.pid - b.pid).map(nameOf);
    if (sorted.join() !== names.join())
      throw new Violation("CPG", `${this.name} sees members out of order: ${names}`);
    this.members = names;
    for (const name of gone) this.#numbers.delete(name);
    const reasons = [...left, ...joined].map((change) => `${nameOf(change)}/${change.reason}`);
    this.#view?.events.push(`view:${reasons.join()}`);
  }

  /**
   * A process leaves a group by its own will only if it did, and is dead only if it died; any other is
   * gone with its node. Who went by itself never comes back.
   */
  #checkReasons(left: CpgMembership["left"], joined: CpgMembership["joined"]): void {
    for (const change of left) {
      const name = nameOf(change);
      const { reason } = change;
      if (reason === "nodeDown") continue;
      if (reason !== this.checker.endOf(name))
        throw new Violation("CPG", `${this.name} sees ${name} leave for reason ${reason}, which it did not`);
      this.#ended.add(name);
    }
    for (const change of joined) {
      const name = nameOf(change);
      if (change.reason !== "join" && change.reason !== "nodeUp")
        throw new Violation("CPG", `${this.name} sees ${name} join for reason ${change.reason}`);
      if (this.#ended.has(name)) throw new Violation("CPG", `${this.name} sees ${name} come back`);
    }
  }

  /** The nodes are synchronized in a ring, and the view of the one before is complete. */
  configuration({ ringId, members }: CpgConfiguration): void {
    const ring = this.rings.life.ringNamed(`${ringId.representative}.${ringId.sequence}`);
    const before = this.#view;
    if (before?.whole === true && before.ring !== null && ring !== null) {
      const way = this.rings.life.between(before.ring, ring);
      if (way?.every(({ ambiguous }) => !ambiguous)) this.checker.viewEnded(this, way, before.events);
    }
    const strangers = this.members.filter((name) => !members.includes(Number(name.split("/")[0])));
    if (strangers.length > 0)
      throw new Violation("CPG", `${this.name} sees ${strangers} in a ring of nodes ${members}`);
    // Who joined within a ring saw its end only.
    this.#view = { ring, whole: this.#view !== null, events: [] };
  }
}

/** Processes that ended, and are remembered. */
const ENDS_MAX = 50_000;
/** Views that are remembered. */
const VIEWS_MAX = 400;

/**
 * Virtual synchrony as processes are promised it: those of one group whose nodes went the same way from
 * ring to ring see the same messages and changes in the same order. Only a message that was begun before
 * their ways met can be missing at one of them.
 */
export class GroupChecker {
  readonly #views = new Map<string, { log: GroupLog; events: readonly string[] }>();
  readonly #ends = new Map<string, End>();

  /** A process ends by itself: it leaves, or dies. */
  processEnded(name: string, reason: End): void {
    this.#ends.set(name, reason);
    if (this.#ends.size > ENDS_MAX) this.#ends.delete(this.#ends.keys().next().value!);
  }

  /** The reason of that, undefined for a process that lives, or ended with its node. */
  endOf(name: string): End | undefined {
    return this.#ends.get(name);
  }

  /** @param way the rings from the configuration event that began the view to the one that ended it */
  viewEnded(log: GroupLog, way: readonly RingInstance[], events: readonly string[]): void {
    const key = `${log.group} ${way.map(({ name }) => name).join(" ")}`;
    const known = this.#views.get(key);
    if (known === undefined) {
      this.#views.set(key, { log, events });
      if (this.#views.size > VIEWS_MAX) this.#views.delete(this.#views.keys().next().value!);
      return;
    }
    const here = events.filter((event) => !known.log.rings.missed(event));
    const there = known.events.filter((event) => !log.rings.missed(event));
    for (let i = 0; i < Math.max(here.length, there.length); i++) {
      if (here[i] === there[i]) continue;
      const text = `event ${i} is ${here[i] ?? "missing"} and ${there[i] ?? "missing"}`;
      throw new Violation("CPG", `${log.name} and ${known.log.name}, ${key}: ${text}`);
    }
  }
}

function nameOf({ nodeId, pid }: { readonly nodeId: number; readonly pid: number }): string {
  return `${nodeId}/${pid}`;
}
