import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  compileCProgram,
  type DaemonKind,
  type DaemonNode,
  type Lab,
  loggedAtMs,
  type RingView,
} from "@corosync/lab";
import { median } from "../comparison.ts";
import { rotationTimes, type TokenArrival, tokenArrivals } from "./token-rotations.ts";

/** What C asks for (spec config-and-tools 10.5). */
const REAL_TIME_PRIORITY = 99;
const RING_LIMIT_MS = 180_000;
/** Its traffic is what is watched, and the client that loads the ring is here. */
const WATCHED_HOST = 1;

export interface Contender {
  readonly kind: DaemonKind;
  /** Whether ours is started with real-time priority instead of taking it by itself, as C does. */
  readonly realTime: boolean;
}

/** One kind of daemon on the hosts of a lab; times in milliseconds. */
export class RingCluster implements AsyncDisposable {
  private readonly members: readonly number[];

  constructor(
    private readonly lab: Lab,
    private readonly contender: Contender,
    tokenTimeoutMs: number,
  ) {
    this.members = lab.hosts.map((host) => host.number);
    lab.writeConfig({ realTime: true, tokenTimeoutMs });
  }

  /** Host of the node that fails, leaves and comes back. */
  get last(): number {
    return this.members.length;
  }

  get others(): readonly number[] {
    return this.members.slice(0, -1);
  }

  /** @returns when the daemons were started, when the last of them was up, when the last had the ring */
  async startAll(): Promise<{ startedMs: number; upMs: number; formedMs: number }> {
    const startedMs = Date.now();
    for (const number of this.members) this.start(number);
    const formedMs = await this.formed(this.members);
    return { startedMs, upMs: Math.max(...this.members.map((number) => this.upMs(number))), formedMs };
  }

  start(number: number): void {
    const { kind, realTime } = this.contender;
    const priority = realTime && kind === "ts" ? { realTimePriority: REAL_TIME_PRIORITY } : {};
    this.lab.host(number).start(kind, priority);
  }

  /** When the daemon says that its network interface works: before its first packet. */
  upMs(number: number): number {
    const line = this.node(number).log.lines.find((text) => / The network interface .* is now up/.test(text));
    if (line === undefined) throw new Error(`host ${number}: no line about the interface`);
    return loggedAtMs(line);
  }

  /** Waits until these nodes, the members, have a ring; when the last of them formed it. */
  async formed(members: readonly number[]): Promise<number> {
    const rings = await this.rings(members);
    return Math.max(...rings.map(({ formedAtMs }) => formedAtMs));
  }

  private async rings(members: readonly number[]): Promise<RingView[]> {
    const waits = members.map((number) => this.node(number).waitForMembers(members, RING_LIMIT_MS));
    return await Promise.all(waits);
  }

  /** Rings formed so far, as the watched node knows them. */
  get ringCount(): number {
    return this.node(WATCHED_HOST).ring.formedCount;
  }

  node(number: number): DaemonNode {
    return this.lab.node(number);
  }

  /** Single messages on a ring that holds its token: their latency, and the rotations that follow. */
  async idle(count: number, pauseMs: number): Promise<{ latency: number; idleRotation: number }> {
    const client = await this.client("cpg-latency");
    const args = ["--count", String(count), "--pause", String(pauseMs)];
    const timeoutMs = count * pauseMs + RING_LIMIT_MS;
    const watched = await this.watchTokens(() =>
      this.lab.host(WATCHED_HOST).run([...client, ...args], { timeoutMs }),
    );
    const latencies = /^latency (.*)$/m.exec(watched.result)?.[1]?.split(" ").map(Number) ?? [];
    const rotations = rotationTimes(watched.arrivals, {
      fromMs: 0,
      toMs: watched.endMs,
      longestMs: pauseMs / 10,
    });
    return { latency: median(latencies) / 1000, idleRotation: median(rotations) };
  }

  /**
   * The rotation time while clients on the first hosts send as fast as they can; undefined when the ring
   * was lost for all that time.
   */
  async loaded(senders: number, sizeBytes: number, seconds: number): Promise<number | undefined> {
    const client = await this.client("cpg-bench");
    // Clients need time to start; the last second has them all.
    const wholeSeconds = seconds + (senders - 1) * 0.5;
    const args = ["--size", String(sizeBytes), "--seconds", String(wholeSeconds)];
    const timeoutMs = wholeSeconds * 1000 + RING_LIMIT_MS;
    let firstEndMs = Number.POSITIVE_INFINITY;
    const watched = await this.watchTokens(async () => {
      const runs = this.members.slice(0, senders).map(async (number) => {
        await this.lab.host(number).run([...client, ...args], { timeoutMs });
        firstEndMs = Math.min(firstEndMs, Date.now());
      });
      await Promise.all(runs);
    });
    const fromMs = firstEndMs - seconds * 1000;
    const filter = { fromMs, toMs: firstEndMs, longestMs: RING_LIMIT_MS };
    const rotations = rotationTimes(watched.arrivals, filter);
    return rotations.length === 0 ? undefined : median(rotations);
  }

  private async client(name: "cpg-bench" | "cpg-latency"): Promise<string[]> {
    if (this.contender.kind === "c") return [await compileCProgram(name)];
    return [process.execPath, resolve(import.meta.dirname, `../../dist/${name}.js`)];
  }

  /** Runs something while the tokens that arrive at the watched host are recorded. */
  private async watchTokens<T>(
    action: () => Promise<T>,
  ): Promise<{ result: T; arrivals: TokenArrival[]; endMs: number }> {
    const { identity } = this.lab;
    const watch = this.lab.spawnAtSwitch(
      [
        await compileCProgram("token-watch"),
        ...["--interface", identity.portName(WATCHED_HOST)],
        ...["--address", identity.address(WATCHED_HOST)],
      ],
      "token-watch",
    );
    try {
      await watch.waitForLog(/^ready$/);
      const result = await action();
      const endMs = Date.now();
      watch.endInput();
      const { code } = await watch.waitForExit("the end of its input");
      if (code !== 0) throw new Error(`token-watch: ${watch.errors.tail()}`);
      return { result, arrivals: tokenArrivals(watch.log.lines), endMs };
    } finally {
      watch.endInput();
    }
  }

  /** Lets what was caused before die down; not always as long, so that an idle token is at any point. */
  async rest(): Promise<void> {
    await pause(500 + Math.random() * 300);
  }

  /** Kills the daemons and removes what killed daemons leave behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    const nodes = this.lab.hosts.flatMap((host) => host.nodes).filter((node) => node.process.running);
    await Promise.all(nodes.map((node) => node.kill("SIGKILL")));
    for (const host of this.lab.hosts) await host.run(["find", "/dev/shm", "-mindepth", "1", "-delete"]);
  }
}
