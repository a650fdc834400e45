import {
  type ConfigOptions,
  createLab,
  type DaemonKind,
  type DaemonNode,
  type Lab,
  type StressClient,
  startStress,
} from "../src/index.ts";

/** Which daemon runs on hosts 1, 2, 3, … */
export type Mix = readonly DaemonKind[];

/**
 * The mixes that every scenario is run with: one C node among two of ours, and the reverse. Another choice
 * by environment, to see whether a scenario is right: COROSYNC_INTEROP_MIXES=ccc,ttt (c for C, t for ours).
 */
export const MIXES: readonly Mix[] = (process.env["COROSYNC_INTEROP_MIXES"] ?? "ttc,cct")
  .split(",")
  .map((letters) => [...letters].map((letter) => (letter === "t" ? "ts" : "c")));

export function mixTitle(mix: Mix): string {
  return mix.map((kind) => (kind === "ts" ? "ours" : "C")).join(" + ");
}

const GROUP = "interop";

/** A lab with a configuration and a daemon kind for every host. */
export class InteropCluster {
  readonly lab: Lab;
  readonly mix: Mix;
  readonly numbers: readonly number[];

  constructor(lab: Lab, mix: Mix) {
    this.lab = lab;
    this.mix = mix;
    this.numbers = mix.map((_, index) => index + 1);
  }

  /** Host numbers of one kind. */
  ofKind(kind: DaemonKind): number[] {
    return this.numbers.filter((number) => this.mix[number - 1] === kind);
  }

  node(number: number): DaemonNode {
    return this.lab.node(number);
  }

  start(number: number): DaemonNode {
    return this.lab.host(number).start(this.mix[number - 1]!);
  }

  async startAll(): Promise<void> {
    for (const number of this.numbers) this.start(number);
    await this.waitForRing(this.numbers);
  }

  /** Waits until each of these nodes has a synchronised ring of exactly these nodes, and one ring id. */
  async waitForRing(numbers: readonly number[], timeoutMs?: number): Promise<void> {
    const rings = await Promise.all(
      numbers.map((number) => this.node(number).waitForMembers(numbers, timeoutMs)),
    );
    const ringIds = new Set(rings.map((ring) => ring.ringId));
    if (ringIds.size > 1) throw new Error(`nodes ${numbers} are on different rings: ${[...ringIds]}`);
  }

  /** A client on a host, of the same kind as its daemon; its seed is its host's number. */
  join(number: number, maxLengthBytes?: number): Promise<StressClient> {
    const options = { group: GROUP, seed: number, ...(maxLengthBytes !== undefined && { maxLengthBytes }) };
    return startStress(this.lab.host(number), this.mix[number - 1]!, options);
  }

  /** One client on each of the hosts; resolves when each sees all. */
  async joinAll(maxLengthBytes?: number): Promise<StressClient[]> {
    const clients: StressClient[] = [];
    for (const number of this.numbers) clients.push(await this.join(number, maxLengthBytes));
    await Promise.all(clients.map((client) => client.waitForGroup(clients)));
    return clients;
  }
}

/** Runs a scenario on a fresh lab; a failure tells the last lines of every daemon's log. */
export async function withCluster(
  mix: Mix,
  config: ConfigOptions,
  scenario: (cluster: InteropCluster) => Promise<void>,
): Promise<void> {
  const lab = await createLab(undefined, { hostCount: mix.length });
  try {
    lab.writeConfig(config);
    await scenario(new InteropCluster(lab, mix));
  } catch (error) {
    const logs = lab.hosts
      .flatMap((host) => host.nodes)
      .map((node) => `${node.log.title}:\n${node.log.tail()}`);
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n\n${logs.join("\n\n")}`, {
      cause: error,
    });
  } finally {
    await lab.teardown();
  }
}
