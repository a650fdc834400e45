import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { LabProcess, ProcessExit } from "./lab-process.ts";
import type { LineLog, WaitOptions } from "./line-log.ts";
import { MembershipLog, type RingView } from "./membership-log.ts";

/** "c": Corosync 3.1.7 as the distribution ships it; "ts": ours. */
export type DaemonKind = "c" | "ts";

export interface DaemonOptions {
  /** Arguments for Node itself, before our daemon's file; not for C. */
  readonly nodeArgs?: readonly string[];
  /** Runs our daemon with this SCHED_RR priority (1 to 99), which C takes by itself when configured. */
  readonly realTimePriority?: number;
  /** Further arguments for the daemon. */
  readonly args?: readonly string[];
}

/** Debian's C daemon. By its name alone a search path that begins with npm's would find ours. */
export const C_DAEMON_FILE = "/usr/sbin/corosync";

const CONFIG_FILE = "/etc/corosync/corosync.conf";
const DEFAULT_WAIT_MS = 20_000;

/** The file that runs our daemon; it must have been built. COROSYNC_LAB_DAEMON names another build. */
export function tsDaemonFile(): string {
  return (
    process.env["COROSYNC_LAB_DAEMON"] ?? resolve(import.meta.dirname, "../../../apps/corosync/dist/main.js")
  );
}

/** @throws Error when our daemon is asked for and is not built. */
export function daemonCommand(kind: DaemonKind, options: DaemonOptions): string[] {
  const args = ["-f", "-c", CONFIG_FILE, ...(options.args ?? [])];
  if (kind === "c") return [C_DAEMON_FILE, ...args];
  const file = tsDaemonFile();
  if (!existsSync(file)) throw new Error(`${file} is not there: run npm run build first`);
  const { realTimePriority } = options;
  const scheduler = realTimePriority === undefined ? [] : ["chrt", "--rr", String(realTimePriority)];
  return [...scheduler, process.execPath, ...(options.nodeArgs ?? []), file, ...args];
}

/** A running daemon: its log, and what the log says about its ring. */
export class DaemonNode {
  readonly kind: DaemonKind;
  readonly nodeId: number;
  readonly process: LabProcess;
  private readonly membership: MembershipLog;

  constructor(process: LabProcess, kind: DaemonKind, nodeId: number) {
    this.process = process;
    this.kind = kind;
    this.nodeId = nodeId;
    this.membership = new MembershipLog(process.log.lines);
  }

  get log(): LineLog {
    return this.process.log;
  }

  get pid(): number {
    return this.process.pid;
  }

  /** The ring as of the last line of the log. */
  get ring(): RingView {
    return this.membership.read();
  }

  waitForLog(pattern: RegExp, options: WaitOptions = {}): Promise<string> {
    return this.log.waitFor(pattern, options);
  }

  /** Resolves when the ring has exactly these members and its services are synchronised. */
  waitForMembers(members: readonly number[], timeoutMs = DEFAULT_WAIT_MS): Promise<RingView> {
    const wanted = [...members].sort((a, b) => a - b).join(" ");
    return this.log.until(
      () => {
        const ring = this.ring;
        return ring.synchronised && ring.members.join(" ") === wanted ? { ...ring } : undefined;
      },
      `synchronised ring of ${wanted}`,
      { timeoutMs },
    );
  }

  /** Sends a signal and waits for the end. */
  kill(signal: NodeJS.Signals = "SIGKILL"): Promise<ProcessExit> {
    return this.process.kill(signal);
  }

  /** Asks the daemon to leave and waits for its end. */
  stop(): Promise<ProcessExit> {
    return this.process.kill("SIGTERM");
  }
}
