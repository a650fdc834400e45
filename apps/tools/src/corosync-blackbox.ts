import { lstatSync, readFileSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { FlightDataError, flightDataText } from "@corosync/blackbox";
import { strerrorWithNumber } from "@corosync/errno";
import { getopt, type OptionSyntax } from "./getopt.ts";

const PROGRAM = "corosync-blackbox";
const DEFAULT_PID_FILE = "/var/run/corosync.pid";
const DEFAULT_STATE_DIRECTORY = "/var/lib/corosync";
/** Largest file that is read, in bytes; a dump has 8 MiB. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const LOOK_INTERVAL_MS = 50;

const USAGE = `Usage: corosync-blackbox [-l pidfile] [-s statedir] [-h] [FILE]
     Asks the daemon for its flight data and prints them, or prints FILE.
     -l  -  Pid file of the daemon (${DEFAULT_PID_FILE}).
     -s  -  State directory of the daemon (${DEFAULT_STATE_DIRECTORY}).
     -h  -  Print basic usage.
`;

const SYNTAX: OptionSyntax = { short: "l:s:h" };

/** What the program needs of the world. */
export interface BlackboxIo {
  stdout(text: string): void;
  stderr(text: string): void;
  /** As `process.kill`. */
  signal(pid: number, signal: "SIGUSR2"): void;
  /** Longest wait for the daemon's answer, in milliseconds. */
  readonly answerMs: number;
}

/**
 * corosync-blackbox: prints the flight recorder of the daemon, or of one that has ended (spec config 12.6).
 * @param words the command line after the program's name
 * @returns the exit code; as in C 0 when the daemon has left nothing
 */
export async function runBlackbox(words: readonly string[], io: BlackboxIo): Promise<number> {
  let pidFile = DEFAULT_PID_FILE;
  let stateDirectory = DEFAULT_STATE_DIRECTORY;
  const { options, operands } = getopt(PROGRAM, words, SYNTAX);
  for (const { option, argument, error } of options) {
    if (error !== null) {
      io.stderr(`${error}\n${USAGE}`);
      return 1;
    }
    if (option === "h") {
      io.stdout(USAGE);
      return 0;
    }
    if (option === "l") pidFile = argument ?? "";
    else if (option === "s") stateDirectory = argument ?? "";
  }
  const [file] = operands;
  if (file !== undefined) return print(file, io) ? 0 : 1;
  const link = join(stateDirectory, "fdata");
  await requestFlightData(pidFile, link, io);
  io.stdout(`Dumping the contents of ${link}\n`);
  print(link, io);
  return 0;
}

/** Asks the running daemon for a dump and waits for it; says on stderr why there is none. */
async function requestFlightData(pidFile: string, link: string, io: BlackboxIo): Promise<void> {
  const before = linkState(link);
  try {
    io.signal(daemonPid(pidFile), "SIGUSR2");
  } catch (error) {
    io.stderr(`Can't ask the daemon of ${pidFile} for its flight data: ${strerrorWithNumber(error)}\n`);
    return;
  }
  for (let waitedMs = 0; waitedMs < io.answerMs; waitedMs += LOOK_INTERVAL_MS) {
    if (linkState(link) !== before) return;
    await delay(LOOK_INTERVAL_MS);
  }
  io.stderr(`The daemon of ${pidFile} has written nothing to ${link}\n`);
}

/** @throws what says that no daemon runs */
function daemonPid(pidFile: string): number {
  const text = readFileSync(pidFile, "latin1");
  const pid = /^\d{1,10}\n?$/.test(text) ? Number.parseInt(text, 10) : 0;
  if (pid === 0) throw new Error("it holds no pid");
  // The signal ends programs that do not expect it.
  if (commandName(pid) !== "corosync") throw new Error(`process ${pid} is no corosync`);
  return pid;
}

function commandName(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, "latin1").trim();
  } catch {
    return null;
  }
}

/** Changes whenever the link is made anew. */
function linkState(path: string): string {
  const state: Stats | undefined = lstatSync(path, { throwIfNoEntry: false });
  return state === undefined ? "" : `${state.ino} ${state.ctimeMs}`;
}

/** @throws what opening and reading throw; FlightDataError for a file that is too large to be one */
function readBounded(path: string): Uint8Array {
  const size = statSync(path).size;
  if (size > MAX_FILE_BYTES) throw new FlightDataError(`${size} bytes are too many`);
  return readFileSync(path);
}

function print(path: string, io: BlackboxIo): boolean {
  try {
    for (const line of flightDataText(readBounded(path))) io.stdout(`${line}\n`);
    return true;
  } catch (error) {
    const reason = error instanceof FlightDataError ? error.message : strerrorWithNumber(error);
    io.stderr(`Can't read flight data from ${path}: ${reason}\n`);
    return false;
  }
}

/** The io of a process. */
export const blackboxProcess: BlackboxIo = {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  signal: (pid, signal) => process.kill(pid, signal),
  answerMs: 5_000,
};
