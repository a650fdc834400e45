import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DaemonKind, DaemonNode } from "../daemon-node.ts";
import type { Host } from "../host.ts";
import type { LabProcess, ProcessExit } from "../lab-process.ts";
import { joinedStress, launchStress, type StressClient, type StressOptions } from "../stress-client.ts";
import { expectedStressLine } from "../stress-content.ts";
import { StressHistory } from "./history.ts";
import type { Witness } from "./witness.ts";

const FORMED = /\[TOTEM ?\] A new membership \(([0-9a-f.:]+)\) was formed\./;
/** So small that one packet holds some, so large that one needs some packets. */
const LENGTHS = { minLengthBytes: 4, maxLengthBytes: 20_000 };

/** A client that has joined, and what it has seen so far. */
export interface Speaker {
  readonly client: StressClient;
  readonly history: StressHistory;
}

/** A daemon from start to end, and the client that runs beside it. */
class Life {
  readonly daemon: DaemonNode;
  /** Set before we end the daemon: an end without it is a finding. */
  expectedExit: ProcessExit | undefined;
  client: LabProcess | undefined;
  speaker: Speaker | undefined;
  /** Resolves when the client has joined or failed. */
  begun: Promise<void> = Promise.resolve();

  constructor(daemon: DaemonNode) {
    this.daemon = daemon;
  }

  get ending(): boolean {
    return this.expectedExit !== undefined;
  }
}

/** One host of a stress run: its daemon, which dies and returns, and its client, which does so with it. */
export class StressNode {
  readonly number: number;
  private readonly lives: Life[] = [];

  constructor(
    private readonly host: Host,
    private readonly kind: DaemonKind,
    /** Longest any wait can take: the run and its end. */
    private readonly limitMs: number,
    private readonly report: (finding: string) => void,
  ) {
    this.number = host.number;
  }

  get daemon(): DaemonNode {
    return this.host.node;
  }

  /** The client of the running daemon, when it has joined. @throws Error when it could not */
  async speaker(): Promise<Speaker> {
    const life = this.lives.at(-1)!;
    await life.begun;
    if (life.speaker === undefined) throw new Error(`host ${this.number} has no client in the group`);
    return life.speaker;
  }

  /** Starts the daemon, and a client as soon as it can serve one. */
  start(): void {
    const life = new Life(this.host.start(this.kind));
    this.lives.push(life);
    void life.daemon.process.exited.then((exit) => this.ended(life, exit));
    life.begun = this.beginSpeaking(life).catch((error: unknown) => {
      if (!life.ending) this.report(`client of host ${this.number}: ${String(error)}`);
    });
  }

  /** Ends daemon and client; resolves when both are gone. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const life = this.lives.at(-1)!;
    life.expectedExit = signal === "SIGKILL" ? { code: null, signal } : { code: 0, signal: null };
    await life.daemon.kill(signal);
    await life.client?.kill("SIGKILL");
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    process.kill(this.daemon.pid, signal);
  }

  /**
   * Lets the client send as many messages more; resolves when all have come back to it, or when the
   * daemon has been ended.
   */
  async speak(count: number): Promise<void> {
    const life = this.lives.at(-1)!;
    const { speaker } = life;
    if (speaker === undefined || life.ending) return;
    const { client, history } = speaker;
    const total = history.read().ownCount + count;
    try {
      client.send(count);
      await client.waitForSent(total, this.limitMs);
      await client.process.log.until(
        () => history.read().ownCount >= total || undefined,
        `${total} own messages`,
        { timeoutMs: this.limitMs },
      );
    } catch (error) {
      if (!life.ending) this.report(String(error));
    }
  }

  /** Every client that has run here, with what it saw. */
  witnesses(): Witness[] {
    return this.lives.flatMap((life) => {
      const { daemon, speaker } = life;
      if (speaker === undefined) return [];
      const rings = daemon.log.lines.flatMap((line) => FORMED.exec(line)?.[1] ?? []);
      const { client, history } = speaker;
      const { minLengthBytes } = LENGTHS;
      const expectedContent = (counter: number) =>
        expectedStressLine(client.seed, counter, client.maxLengthBytes, minLengthBytes);
      const { kind } = this;
      return [{ history: history.read(), rings, expectedContent, kind, survived: !life.ending }];
    });
  }

  /** Writes what its daemons and clients have printed into files of a directory. */
  keep(directory: string): void {
    mkdirSync(directory, { recursive: true });
    this.lives.forEach(({ daemon, client }, index) => {
      const name = join(directory, `host${this.number}-${index + 1}-${this.kind}`);
      writeFileSync(`${name}.daemon`, `${daemon.log.lines.join("\n")}\n`);
      if (client !== undefined) writeFileSync(`${name}.client`, `${client.log.lines.join("\n")}\n`);
    });
  }

  private async beginSpeaking(life: Life): Promise<void> {
    const { daemon } = life;
    const limit = { timeoutMs: this.limitMs };
    await daemon.log.until(() => daemon.ring.synchronised || undefined, "synchronised ring", limit);
    const seed = this.number * 1000 + this.lives.length;
    const options: StressOptions = { group: "stress", seed, ...LENGTHS, joinTimeoutMs: this.limitMs };
    life.client = await launchStress(this.host, this.kind, options);
    if (life.ending) await life.client.kill("SIGKILL");
    const client = await joinedStress(life.client, this.kind, options);
    const title = `client ${client.address} on host ${this.number} (${this.kind})`;
    const history = new StressHistory(title, client.address, client.process.log.lines);
    // Only who sees itself in the group is in it.
    const joined = () => history.read().members.split(" ").includes(client.address) || undefined;
    await client.process.log.until(joined, "own join", limit);
    life.speaker = { client, history };
  }

  private ended(life: Life, exit: ProcessExit): void {
    const { expectedExit, daemon } = life;
    if (expectedExit?.code === exit.code && expectedExit.signal === exit.signal) return;
    // Told to end before it had set out to do anything, it dies of the signal.
    if (exit.signal === "SIGTERM" && life.ending && daemon.log.lines.length === 0) return;
    this.report(
      `${daemon.process.title} ended with ${exit.signal ?? `status ${exit.code}`}:\n${daemon.log.tail()}`,
    );
  }
}
