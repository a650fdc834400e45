#!/usr/bin/env node
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { type DaemonKind, daemonCommand } from "./daemon-node.ts";
import { createLab, openLab } from "./lab.ts";
import { removeDeadLabs, removeLab } from "./lab-removal.ts";
import { listLabNames, readLabState } from "./lab-state.ts";
import { labPrerequisites } from "./prerequisites.ts";

const USAGE = `usage: lab COMMAND
  lab check                         what this machine lacks for a lab
  lab list                          labs and their hosts
  lab up NAME [HOSTS]               create a lab that stays until "lab down" (default 3 hosts)
  lab config NAME [TRANSPORT] [KEY=VALUE...]
                                    write corosync.conf into every host; KEY is one of the totem section
  lab start NAME HOST c|ts          start a daemon; its output goes to the file that is printed
  lab run NAME HOST COMMAND...      run a command in a host
  lab cut NAME HOSTS HOSTS...       cut the network: lab cut x 1 2,3
  lab loss NAME HOST FRACTION       drop a fraction of the packets that arrive at a host
  lab heal NAME                     end all cuts and losses
  lab down NAME                     kill everything in the lab and remove it
  lab clean                         remove what crashed test runs have left
`;

class UsageError extends Error {}

function argument(args: readonly string[], index: number, what: string): string {
  const value = args[index];
  if (value === undefined) throw new UsageError(`${what} is missing`);
  return value;
}

function numberArgument(args: readonly string[], index: number, what: string): number {
  const value = Number(argument(args, index, what));
  if (!Number.isFinite(value)) throw new UsageError(`${what}: "${args[index]}" is no number`);
  return value;
}

function list(): void {
  for (const name of listLabNames()) {
    const state = readLabState(name);
    if (state === undefined) continue;
    const owner = state.owner === null ? "kept" : `of process ${state.owner.pid}`;
    console.log(`${name}: ${state.hosts.length} hosts, ${owner}`);
  }
}

async function up(args: readonly string[]): Promise<void> {
  const hostCount = args[1] === undefined ? 3 : numberArgument(args, 1, "HOSTS");
  const lab = await createLab(argument(args, 0, "NAME"), { hostCount, keep: true });
  lab.writeConfig();
  for (const host of lab.hosts) console.log(`host ${host.number}: ${host.address}, ${host.directory}`);
}

function config(args: readonly string[]): void {
  const transport = args[1] ?? "udpu";
  if (transport !== "udpu" && transport !== "udp" && transport !== "knet") {
    throw new UsageError(`transport "${transport}": use udpu, udp or knet`);
  }
  const totem: Record<string, string> = {};
  for (const setting of args.slice(2)) {
    const [key, value] = setting.split("=", 2);
    if (!key || value === undefined) throw new UsageError(`"${setting}": use KEY=VALUE`);
    totem[key] = value;
  }
  openLab(argument(args, 0, "NAME")).writeConfig({ transport, totem });
}

function start(args: readonly string[]): void {
  const host = openLab(argument(args, 0, "NAME")).host(numberArgument(args, 1, "HOST"));
  const kind = argument(args, 2, "c or ts");
  if (kind !== "c" && kind !== "ts") throw new UsageError(`"${kind}": use c or ts`);
  const file = join(host.directory, "daemon.log");
  const output = openSync(file, "a");
  const [program, ...rest] = host.enter(daemonCommand(kind satisfies DaemonKind, {}));
  const child = spawn(program!, rest, { detached: true, stdio: ["ignore", output, output] });
  child.unref();
  closeSync(output);
  console.log(`process ${child.pid}, output in ${file}`);
}

async function run(args: readonly string[]): Promise<void> {
  const host = openLab(argument(args, 0, "NAME")).host(numberArgument(args, 1, "HOST"));
  argument(args, 2, "COMMAND");
  const [program, ...rest] = host.enter(args.slice(2));
  const child = spawn(program!, rest, { stdio: "inherit" });
  process.exitCode = await new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? 1)));
}

function parts(args: readonly string[]): number[][] {
  const result = args.slice(1).map((part) => part.split(",").map(Number));
  if (result.length < 2) throw new UsageError("cut needs two parts or more");
  return result;
}

async function main(command: string | undefined, args: readonly string[]): Promise<void> {
  switch (command) {
    case "check": {
      const missing = labPrerequisites();
      console.log(missing.length === 0 ? "everything is there" : missing.join("\n"));
      process.exitCode = missing.length === 0 ? 0 : 1;
      return;
    }
    case "list":
      return list();
    case "up":
      return await up(args);
    case "config":
      return config(args);
    case "start":
      return start(args);
    case "run":
      return await run(args);
    case "cut":
      return await openLab(argument(args, 0, "NAME")).cut(...parts(args));
    case "loss":
      return await openLab(argument(args, 0, "NAME")).loss(
        numberArgument(args, 1, "HOST"),
        numberArgument(args, 2, "FRACTION"),
      );
    case "heal":
      return await openLab(argument(args, 0, "NAME")).heal();
    case "down":
      return await removeLab(argument(args, 0, "NAME"));
    case "clean":
      for (const name of await removeDeadLabs()) console.log(`removed ${name}`);
      return;
    default:
      throw new UsageError(command === undefined ? "which command?" : `unknown command "${command}"`);
  }
}

try {
  await main(process.argv[2], process.argv.slice(3));
} catch (error) {
  console.error(`lab: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof UsageError) console.error(USAGE);
  process.exitCode = 1;
}
