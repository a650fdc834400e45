import { type Cluster, CsError, type GroupEntry } from "@corosync/client";
import { getopt } from "./getopt.ts";

const PROGRAM = "corosync-cpgtool";

const USAGE = `corosync-cpgtool [-d delimiter] [-e] [-n] [-h]

A tool for displaying cpg groups and members.
options:
\t-d\tDelimiter between fields.
\t-e\tDon't escape unprintable characters in group name.
\t-n\tDisplay only all existing group names.
\t-h\tDisplay this help.
`;

/** What the program needs of the world. */
export interface CpgtoolIo {
  stdout(bytes: Uint8Array): void;
  stderr(text: string): void;
  /** @throws CsError when the executive cannot be reached */
  connect(): Promise<Cluster>;
  /**
   * Printable addresses of a node, for the parentheses behind its id. Left out where nobody can tell:
   * then the lines end with the id.
   */
  nodeAddresses?(nodeId: number): Promise<readonly string[]>;
}

interface CpgtoolOptions {
  /** Null for the layout in columns. */
  readonly delimiter: string | null;
  readonly namesOnly: boolean;
  readonly raw: boolean;
}

/**
 * corosync-cpgtool: lists the groups of the cluster and their members (spec config 12.4).
 * @param words the command line after the program's name
 * @returns the exit code
 */
export async function runCpgtool(words: readonly string[], io: CpgtoolIo): Promise<number> {
  const options = readOptions(words, io);
  if (typeof options === "number") return options;
  let cluster: Cluster;
  try {
    cluster = await io.connect();
  } catch (error) {
    return failed(io, "Could not initialize corosync cpg API", error);
  }
  try {
    if (options.namesOnly) await printNames(cluster, options, io);
    else await printMembers(cluster, options, io);
    return 0;
  } catch (error) {
    return failed(io, "Cannot initialize cpg iterator", error);
  } finally {
    await cluster.close();
  }
}

/** The options, or the exit code of a program that is done already. */
function readOptions(words: readonly string[], io: CpgtoolIo): CpgtoolOptions | number {
  let delimiter: string | null = null;
  let namesOnly = false;
  let raw = false;
  for (const { option, argument, error } of getopt(PROGRAM, words, { short: "d:enh" }).options) {
    if (error !== null) {
      io.stderr(`${error}\n`);
      return 1;
    }
    if (option === "d") delimiter = argument === null || argument === "" ? null : argument.slice(0, 1);
    else if (option === "n") namesOnly = true;
    else if (option === "e") raw = true;
    else {
      io.stdout(Buffer.from(USAGE));
      return 0;
    }
  }
  return { delimiter, namesOnly, raw };
}

function failed(io: CpgtoolIo, what: string, error: unknown): number {
  if (!(error instanceof CsError)) throw error;
  io.stderr(`${what} error ${error.number}\n`);
  return 1;
}

async function printNames(cluster: Cluster, options: CpgtoolOptions, io: CpgtoolIo): Promise<void> {
  for await (const { name } of cluster.cpg.groups({ namesOnly: true })) {
    io.stdout(printable(name, options));
    io.stdout(Buffer.from(options.delimiter ?? "\n"));
  }
  if (options.delimiter !== null) io.stdout(Buffer.from("\n"));
}

async function printMembers(cluster: Cluster, options: CpgtoolOptions, io: CpgtoolIo): Promise<void> {
  const { delimiter } = options;
  const columns = ["PID", "Node ID"].map((title) => title.padStart(10));
  const header =
    delimiter === null ? `Group Name\t${columns.join("\t")}` : ["GRP_NAME", "PID", "NODEID"].join(delimiter);
  io.stdout(Buffer.from(`${header}\n`));
  let group: Uint8Array | null = null;
  for await (const entry of cluster.cpg.groups()) {
    const name = printable(entry.name, options);
    if (delimiter !== null) {
      io.stdout(name);
      io.stdout(Buffer.from(`${delimiter}${entry.pid}${delimiter}${entry.nodeId}\n`));
      continue;
    }
    if (group === null || Buffer.compare(group, entry.name) !== 0) {
      group = entry.name;
      io.stdout(Buffer.concat([name, Buffer.from("\n")]));
    }
    io.stdout(Buffer.from(await memberLine(entry, io)));
  }
}

async function memberLine({ pid, nodeId }: GroupEntry, io: CpgtoolIo): Promise<string> {
  const addresses = await io.nodeAddresses?.(nodeId);
  const behind = addresses === undefined ? "" : ` (${addresses.join(" ")})`;
  return `\t\t${String(pid).padStart(10)}\t${String(nodeId).padStart(10)}${behind}\n`;
}

/** A name as people can read it: a backslash doubled, other than printable ASCII as `\xNN`. */
function printable(name: Uint8Array, options: CpgtoolOptions): Uint8Array {
  if (options.raw) return name;
  const escaped = [...name].map((byte) => {
    if (byte === 0x5c) return "\\\\";
    if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
    return `\\x${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return Buffer.from(escaped.join(""));
}
