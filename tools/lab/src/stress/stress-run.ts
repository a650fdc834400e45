import { setTimeout as pause } from "node:timers/promises";
import type { DaemonKind } from "../daemon-node.ts";
import { createLab, type Lab } from "../lab.ts";
import { disagreements } from "./agreement.ts";
import { type Complaint, complaints } from "./complaints.ts";
import { describeFault, type Fault, faultSchedule, type ScheduledFault } from "./schedule.ts";
import { StressNode } from "./stress-node.ts";

export interface StressRunOptions {
  readonly seed: number;
  readonly minutes: number;
  /** See `disagreements`. Default true. */
  readonly synchronyWithC?: boolean;
  /** Daemons of hosts 1, 2, 3, … Default two of C and three of ours. */
  readonly mix?: readonly DaemonKind[];
  /** Default 1000. */
  readonly tokenTimeoutMs?: number;
  /** Whether daemons log debug lines. Default false. */
  readonly debug?: boolean;
  /** A directory for the output of all daemons and clients; none is kept by default. */
  readonly keepIn?: string;
  /** Told what is done as it is done. */
  readonly note?: (line: string) => void;
}

export interface StressResult {
  /** What should not have been; empty when all is well. */
  readonly findings: readonly string[];
  /** Faults as they were done, with times. */
  readonly journal: readonly string[];
  readonly messages: number;
  /** Rings that some daemon has formed. */
  readonly rings: number;
}

const DEFAULT_MIX: readonly DaemonKind[] = ["c", "ts", "c", "ts", "ts"];
const TOKEN_MS = 1000;
/** For the ring to be one again, and for what waits to be said; an idle machine needs five seconds. */
const SETTLE_MS = 120_000;
const MOST_PAUSE_MS = 150;
const SMALL_BATCH = 8;
const LARGE_BATCH = 120;

/**
 * A mixed ring under stress: every node has a client that sends all the time, while daemons are killed,
 * stopped and paused and the network is cut and lossy, by a schedule that follows from the seed. Then all
 * faults end, and the nodes must agree (`disagreements`).
 */
export async function runStress(options: StressRunOptions): Promise<StressResult> {
  const mix = options.mix ?? DEFAULT_MIX;
  const lab = await createLab(undefined, { hostCount: mix.length });
  try {
    lab.writeConfig({
      tokenTimeoutMs: options.tokenTimeoutMs ?? TOKEN_MS,
      debug: options.debug ?? false,
    });
    return await new StressRun(lab, mix, options).run();
  } finally {
    await lab.teardown();
  }
}

class StressRun {
  private readonly nodes: readonly StressNode[];
  private readonly findings: string[] = [];
  private readonly journal: string[] = [];
  private readonly startMs = performance.now();
  private quiet = false;

  constructor(
    private readonly lab: Lab,
    mix: readonly DaemonKind[],
    private readonly options: StressRunOptions,
  ) {
    const limitMs = options.minutes * 60_000 + 2 * SETTLE_MS;
    this.nodes = lab.hosts.map(
      (host, index) => new StressNode(host, mix[index]!, limitMs, (text) => this.findings.push(text)),
    );
  }

  async run(): Promise<StressResult> {
    try {
      for (const node of this.nodes) node.start();
      await this.oneRing();
      const talk = this.nodes.map((node) => this.talk(node));
      await this.faults();
      await this.oneRing();
      this.note("one ring again");
      this.quiet = true;
      await Promise.all(talk);
      await this.lastWords();
      await this.oneRing();
    } catch (error) {
      this.findings.push(error instanceof Error ? error.message : String(error));
    }
    const witnesses = this.nodes.flatMap((node) => node.witnesses());
    this.findings.push(...disagreements(witnesses, this.options.synchronyWithC));
    for (const node of this.nodes) await node.end("SIGTERM");
    if (this.options.keepIn !== undefined) for (const node of this.nodes) node.keep(this.options.keepIn);
    const daemons = this.lab.hosts.flatMap((host) => host.nodes);
    this.findings.push(...daemons.flatMap(complaints).map(describeComplaint));
    return {
      findings: this.findings,
      journal: this.journal,
      messages: witnesses.reduce((sum, { history }) => sum + history.ownCount, 0),
      rings: new Set(witnesses.flatMap(({ rings }) => rings)).size,
    };
  }

  /** Sends as its own messages come back, sometimes few, sometimes more than the queues hold. */
  private async talk(node: StressNode): Promise<void> {
    for (let turn = 0; !this.quiet; turn++) {
      await node.speak(turn % 8 === 7 ? LARGE_BATCH : 1 + (turn % SMALL_BATCH));
      await pause(Math.random() * MOST_PAUSE_MS);
    }
  }

  private async faults(): Promise<void> {
    const { seed, minutes, tokenTimeoutMs = TOKEN_MS } = this.options;
    const { processes, network } = faultSchedule({
      seed,
      hostCount: this.nodes.length,
      durationMs: minutes * 60_000,
      tokenTimeoutMs,
    });
    await Promise.all([this.doInTurn(processes), this.doInTurn(network)]);
  }

  private async doInTurn(faults: readonly ScheduledFault[]): Promise<void> {
    const originMs = performance.now();
    const until = (timeMs: number) => pause(Math.max(0, originMs + timeMs - performance.now()));
    for (const { fault, startMs, endMs } of faults) {
      await until(startMs);
      this.note(describeFault(fault));
      await this.begin(fault);
      await until(endMs);
      this.note(`end: ${describeFault(fault)}`);
      await this.end(fault);
    }
  }

  private async begin(fault: Fault): Promise<void> {
    switch (fault.kind) {
      case "cut":
        return await this.lab.cut(...fault.parts);
      case "loss":
        await Promise.all(fault.hosts.map((host) => this.lab.loss(host, fault.fraction)));
        return;
      case "pause":
        for (const node of this.at(fault.hosts)) node.signal("SIGSTOP");
        return;
      default: {
        const signal = fault.kind === "kill" ? "SIGKILL" : "SIGTERM";
        await Promise.all(this.at(fault.hosts).map((node) => node.end(signal)));
      }
    }
  }

  private async end(fault: Fault): Promise<void> {
    switch (fault.kind) {
      case "cut":
      case "loss":
        return await this.lab.heal();
      case "pause":
        for (const node of this.at(fault.hosts)) node.signal("SIGCONT");
        return;
      default:
        for (const node of this.at(fault.hosts)) node.start();
    }
  }

  private at(hosts: readonly number[]): StressNode[] {
    return this.nodes.filter((node) => hosts.includes(node.number));
  }

  /** Waits until all nodes are in one synchronised ring of all. @throws Error when that takes too long */
  private async oneRing(): Promise<void> {
    const deadline = performance.now() + SETTLE_MS;
    const members = this.nodes.map((node) => node.number);
    for (;;) {
      for (const { daemon } of this.nodes) {
        await daemon.waitForMembers(members, Math.max(0, deadline - performance.now()));
      }
      const rings = this.nodes.map(({ daemon }) => daemon.ring);
      const ringIds = new Set(rings.map(({ ringId }) => ringId));
      const whole = rings.every((ring) => ring.synchronised && ring.members.join() === members.join());
      if (ringIds.size === 1 && whole) return;
      if (performance.now() > deadline) throw new Error(`the nodes stay on rings ${[...ringIds]}`);
      // A node that has its news still in the pipe: it comes without our waiting for anything in particular.
      await pause(10);
    }
  }

  /** Everybody hears a last message of everybody: by then all that was sent before has been delivered. */
  private async lastWords(): Promise<void> {
    const limit = { timeoutMs: SETTLE_MS };
    const speakers = await Promise.all(this.nodes.map((node) => node.speaker()));
    const addresses = speakers.map(({ history }) => history.address).sort();
    for (const { client, history } of speakers) {
      const whole = () => isWhole(history.read().members.split(" "), addresses, client.kind) || undefined;
      await client.process.log.until(whole, `group of ${addresses}`, limit);
    }
    const lines = await Promise.all(
      this.nodes.map(async (node, index) => {
        const { client, history } = speakers[index]!;
        const counter = history.read().ownCount;
        await node.speak(1);
        return new RegExp(`^message ${client.nodeId} ${client.pid} ${counter} `);
      }),
    );
    await Promise.all(
      speakers.flatMap(({ client }) => lines.map((line) => client.process.waitForLog(line, limit))),
    );
  }

  private note(what: string): void {
    const line = `${((performance.now() - this.startMs) / 1000).toFixed(1)} s: ${what}`;
    this.journal.push(line);
    this.options.note?.(line);
  }
}

/** In C processes of a killed daemon may stay in the group (docs/compatibility.md). */
function isWhole(members: readonly string[], clients: readonly string[], kind: DaemonKind): boolean {
  const complete = clients.every((address) => members.includes(address));
  return complete && (kind === "c" || members.length === clients.length);
}

function describeComplaint({ title, line }: Complaint): string {
  return `${title} says: ${line}`;
}
