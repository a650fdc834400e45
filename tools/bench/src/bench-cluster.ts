import { resolve } from "node:path";
import {
  compileCProgram,
  createLab,
  type DaemonKind,
  type DaemonNode,
  type DaemonOptions,
  type Lab,
} from "@corosync/lab";
import { cpuSeconds } from "./cpu-seconds.ts";

const NODE_COUNT = 3;
/** What C asks for (spec config-and-tools 10.5). */
const REAL_TIME_PRIORITY = 99;
const WARMUP_SECONDS = 0.3;
/** The client runs on this host, as cpgbench runs on one node. */
const SENDER_HOST = 1;

export interface BenchClusterOptions {
  /** Real-time priority for our daemons. Default false; C's daemons have it in any case. */
  readonly realTime?: boolean;
  readonly totem?: Readonly<Record<string, string>>;
  /** Options of the sending node's daemon, for example to profile it. */
  readonly sender?: DaemonOptions;
}

/** A span of time by the monotonic clock, in microseconds. */
export interface ClockSpan {
  readonly fromMicroseconds: number;
  readonly toMicroseconds: number;
}

export interface Measurement {
  readonly messagesPerSecond: number;
  readonly megabytesPerSecond: number;
  /** CPU time of the sending node's daemon for one message, user and kernel, warm-up included. */
  readonly senderCpuMicroseconds: number;
  /** While the client was measuring, as far as that is known from outside. */
  readonly span: ClockSpan;
}

/** Three daemons of one kind in three namespaces (udpu, no crypto) and the client that loads them. */
export class BenchCluster implements AsyncDisposable {
  readonly kind: DaemonKind;
  private readonly lab: Lab;
  private readonly client: readonly string[];

  private constructor(kind: DaemonKind, lab: Lab, client: readonly string[]) {
    this.kind = kind;
    this.lab = lab;
    this.client = client;
  }

  static async start(kind: DaemonKind, options: BenchClusterOptions = {}): Promise<BenchCluster> {
    const client =
      kind === "c"
        ? [await compileCProgram("cpg-bench")]
        : [process.execPath, resolve(import.meta.dirname, "../dist/cpg-bench.js")];
    const lab = await createLab(undefined, { hostCount: NODE_COUNT });
    try {
      // Each kind of daemon with the priority it takes by itself: C is much slower without (docs/performance.md).
      lab.writeConfig({ realTime: true, totem: options.totem ?? {} });
      const everywhere = options.realTime === true ? { realTimePriority: REAL_TIME_PRIORITY } : {};
      for (const host of lab.hosts) {
        host.start(kind, { ...everywhere, ...(host.number === SENDER_HOST ? options.sender : {}) });
      }
      const members = lab.hosts.map((host) => host.number);
      for (const host of lab.hosts) await host.node.waitForMembers(members);
      return new BenchCluster(kind, lab, client);
    } catch (error) {
      await lab.teardown();
      throw error;
    }
  }

  get sender(): DaemonNode {
    return this.lab.node(SENDER_HOST);
  }

  /**
   * One run of the client on each of the sending nodes: messages of one size for some seconds.
   * Rates are sums over the senders; CPU time is that of the first one's daemon.
   */
  async measure(sizeBytes: number, seconds: number, senders = 1): Promise<Measurement> {
    const args = [
      "--size",
      String(sizeBytes),
      "--seconds",
      String(seconds),
      "--warmup",
      String(WARMUP_SECONDS),
    ];
    const cpuBefore = cpuSeconds(this.sender.pid);
    const timeoutMs = (seconds + WARMUP_SECONDS) * 1000 + 30_000;
    const hosts = this.lab.hosts.slice(0, senders);
    const outputs = await Promise.all(
      hosts.map((host) => host.run([...this.client, ...args], { timeoutMs })),
    );
    const end = monotonicMicroseconds();
    const cpu = cpuSeconds(this.sender.pid) - cpuBefore;
    const messagesPerSecond = outputs.map(rateOf).reduce((sum, rate) => sum + rate, 0);
    const messageCount = messagesPerSecond * (seconds + WARMUP_SECONDS);
    return {
      messagesPerSecond,
      megabytesPerSecond: (messagesPerSecond * sizeBytes) / 1e6,
      senderCpuMicroseconds: (cpu / messageCount) * 1e6,
      span: { fromMicroseconds: end - seconds * 1e6, toMicroseconds: end },
    };
  }

  /** Ends the sending daemon in order, so that it writes what it writes at its end. */
  async stopSender(): Promise<void> {
    await this.sender.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lab.teardown();
  }
}

/** Messages a second that a client has counted. */
function rateOf(output: string): number {
  const result = /^result (\d+) (\d+) ([\d.]+)$/m.exec(output);
  if (result === null) throw new Error(`the bench client printed no result: ${output}`);
  return Number(result[2]) / Number(result[3]);
}

function monotonicMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
