/**
 * cpg-stress --group NAME --seed N [--min-length BYTES] [--max-length BYTES]
 *
 * The twin of c/cpg-stress.c on @corosync/client: the same arguments, commands and lines, so that what two
 * programs print on different nodes compares byte for byte. See there.
 */
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { type ChangeReason, type CpgEvent, type CpgGroup, CsError, connect } from "@corosync/client";
import {
  fillStressMessage,
  STRESS_MAX_LENGTH_BYTES,
  stressCounter,
  stressHash,
  stressLengthBytes,
} from "./stress-content.ts";

const EXIT_USAGE = 2;
const EXIT_FAILED = 3;
/** The numbers that C programs get (spec services-cpg-sam 6). */
const REASON_NUMBERS: Readonly<Record<ChangeReason, number>> = {
  undefined: 0,
  join: 1,
  leave: 2,
  nodeDown: 3,
  nodeUp: 4,
  procDown: 5,
};

interface Address {
  readonly nodeId: number;
  readonly pid: number;
  readonly reason?: ChangeReason;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function addresses(title: string, list: readonly Address[]): string {
  const words = list.map(({ nodeId, pid, reason }) =>
    reason === undefined ? `${nodeId}:${pid}` : `${nodeId}:${pid}:${REASON_NUMBERS[reason]}`,
  );
  return [title, ...words].join(" ");
}

function eventLine(event: CpgEvent): string {
  if (event.type === "message") {
    const { nodeId, pid, data } = event;
    return `message ${nodeId} ${pid} ${stressCounter(data)} ${data.length} ${stressHash(data)}`;
  }
  if (event.type === "configuration") {
    const { representative, sequence } = event.ringId;
    return ["configuration", `${representative}.${sequence.toString(16)}`, ...event.members].join(" ");
  }
  const { members, left, joined } = event;
  return [
    "confchg",
    addresses("members", members),
    addresses("left", left),
    addresses("joined", joined),
  ].join(" ");
}

async function printEvents(group: CpgGroup): Promise<void> {
  for await (const batch of group.batches()) {
    print(batch.map(eventLine).join("\n"));
  }
}

/** Sends messages as fast as the daemon takes them. */
class Sending {
  private readonly group: CpgGroup;
  private readonly content: Arguments;
  private readonly outgoing = new Uint8Array(STRESS_MAX_LENGTH_BYTES);
  private nextCounter = 0;

  constructor(group: CpgGroup, content: Arguments) {
    this.group = group;
    this.content = content;
  }

  async send(count: number): Promise<void> {
    const { seed, minLengthBytes, maxLengthBytes } = this.content;
    const end = this.nextCounter + count;
    while (this.nextCounter < end) {
      const length = stressLengthBytes(seed, this.nextCounter, maxLengthBytes, minLengthBytes);
      const message = this.outgoing.subarray(0, length);
      fillStressMessage(message, seed, this.nextCounter);
      await this.group.multicast(message);
      this.nextCounter++;
    }
    print(`sent ${this.nextCounter}`);
  }
}

interface Arguments {
  readonly group: string;
  readonly seed: number;
  readonly minLengthBytes: number;
  readonly maxLengthBytes: number;
}

function readArguments(): Arguments | undefined {
  try {
    const { values } = parseArgs({
      options: {
        group: { type: "string" },
        seed: { type: "string", default: "0" },
        "min-length": { type: "string", default: "1" },
        "max-length": { type: "string", default: String(STRESS_MAX_LENGTH_BYTES) },
      },
    });
    const [minLengthBytes, maxLengthBytes] = [Number(values["min-length"]), Number(values["max-length"])];
    if (!values.group || !(minLengthBytes > 0 && minLengthBytes <= maxLengthBytes)) return undefined;
    if (maxLengthBytes > STRESS_MAX_LENGTH_BYTES) return undefined;
    return { group: values.group, seed: Number(values.seed), minLengthBytes, maxLengthBytes };
  } catch {
    return undefined;
  }
}

/** Runs commands until the input ends; sending goes on while further commands are read. */
async function runCommands(
  group: CpgGroup,
  sending: Sending,
  failed: (error: unknown) => void,
): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const count = Number(/^send (\d+)$/.exec(line)?.[1] ?? 0);
    if (count > 0) sending.send(count).catch(failed);
    else if (line === "leave") group.leave().catch(failed);
    else if (line === "quit") return;
    else {
      console.error(`unknown command: ${line}`);
      process.exit(EXIT_USAGE);
    }
  }
}

function fail(error: unknown): never {
  print(`failed ${error instanceof CsError ? error.code : String(error)}`);
  process.exit(EXIT_FAILED);
}

async function main(options: Arguments): Promise<void> {
  const cluster = await connect();
  const group = await cluster.cpg.join(options.group);
  print(`ready ${group.nodeId} ${group.pid}`);
  printEvents(group).catch(fail);
  await runCommands(group, new Sending(group, options), fail);
  await cluster.close();
  // The other end still holds the pipe, and an open input would keep this process alive.
  process.stdin.destroy();
}

const args = readArguments();
if (args === undefined) {
  console.error("usage: cpg-stress --group NAME --seed N [--min-length BYTES] [--max-length BYTES]");
  process.exit(EXIT_USAGE);
}
await main(args).catch(fail);
