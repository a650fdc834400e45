import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BenchCluster } from "./bench-cluster.ts";
import { areaName, type CpuProfile, functionName, type SelfTime, selfTimes } from "./cpu-profile.ts";

const TOP_COUNT = 15;

export interface SendingProfile {
  readonly functions: readonly SelfTime[];
  readonly areas: readonly SelfTime[];
}

/**
 * Profiles our sending node's daemon under load of one size.
 * @param keepIn a directory that keeps the .cpuprofile file, or undefined to throw it away.
 */
export async function profileSender(
  sizeBytes: number,
  seconds: number,
  keepIn: string | undefined,
): Promise<SendingProfile> {
  const directory = keepIn ?? mkdtempSync(join(tmpdir(), "corosync-bench-"));
  const name = `daemon-${sizeBytes}.cpuprofile`;
  mkdirSync(directory, { recursive: true });
  try {
    const nodeArgs = ["--cpu-prof", `--cpu-prof-dir=${directory}`, `--cpu-prof-name=${name}`];
    await using cluster = await BenchCluster.start("ts", { sender: { nodeArgs } });
    const { span } = await cluster.measure(sizeBytes, seconds);
    // Node writes the profile when the process ends.
    await cluster.stopSender();
    if (!readdirSync(directory).includes(name)) throw new Error(`the daemon left no profile in ${directory}`);
    const profile = JSON.parse(readFileSync(join(directory, name), "utf8")) as CpuProfile;
    return {
      functions: selfTimes(profile, functionName, span).slice(0, TOP_COUNT),
      areas: selfTimes(profile, areaName, span).slice(0, TOP_COUNT),
    };
  } finally {
    if (keepIn === undefined) rmSync(directory, { recursive: true, force: true });
  }
}
