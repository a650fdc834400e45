import { closeSync, fchmodSync, openSync, readFileSync, unlinkSync, writeSync } from "node:fs";
import { strerror } from "@corosync/errno";
import { DaemonExit } from "./daemon-exit.ts";
import { EXIT } from "./exit-code.ts";

export const PID_FILE_MODE = 0o640;
const ALREADY_RUNNING = "Another Corosync instance is already running.";

/** The pid file of this process, until it is released. */
export interface HeldPidFile {
  /** Removes the file, unless it has become another process's. */
  release(): void;
}

/**
 * The pid file where there is no record lock, which Node alone cannot take: a file whose process lives
 * and is a Corosync counts as locked, any other as left behind. What really keeps two daemons apart
 * then is the service names they listen on (spec config 18.3).
 */
export class PidFile implements HeldPidFile {
  readonly #path: string;
  readonly #pid: number;

  private constructor(path: string, pid: number) {
    this.#path = path;
    this.#pid = pid;
  }

  /**
   * @param isCorosync whether a process of that id runs and is a Corosync
   * @throws DaemonExit 18 when another instance holds the file, 17 when it cannot be written
   */
  static acquire(path: string, pid: number, isCorosync: (pid: number) => boolean): PidFile {
    let fd = createNew(path);
    if (fd === null) {
      const holder = readHolder(path);
      if (holder !== null && holder !== pid && isCorosync(holder)) {
        throw alreadyRunning();
      }
      attempt(() => unlinkSync(path), path);
      fd = createNew(path);
      // Someone else found the same stale file and was quicker.
      if (fd === null) throw alreadyRunning();
    }
    const open = fd;
    try {
      attempt(() => {
        fchmodSync(open, PID_FILE_MODE);
        writeSync(open, `${pid}\n`);
      }, path);
    } finally {
      closeSync(open);
    }
    return new PidFile(path, pid);
  }

  release(): void {
    try {
      if (readHolder(this.#path) === this.#pid) unlinkSync(this.#path);
    } catch {
      // Somebody removed it first, or the folder is gone: nothing is left to release.
    }
  }
}

/** The exit that a second daemon on the same names takes. */
export function alreadyRunning(cause?: unknown): DaemonExit {
  return new DaemonExit(EXIT.alreadyRunning, ALREADY_RUNNING, { cause });
}

/** Whether `/proc` shows a process of that id that calls itself corosync, as ours and C's do. */
export function isCorosyncProcess(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "latin1").trim() === "corosync";
  } catch {
    return false;
  }
}

function createNew(path: string): number | null {
  try {
    return openSync(path, "wx", PID_FILE_MODE);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return null;
    throw cannotCreate(path, error);
  }
}

function readHolder(path: string): number | null {
  const text = attempt(() => readFileSync(path, "latin1"), path);
  return /^\d{1,10}\n?$/.test(text) ? Number.parseInt(text, 10) : null;
}

function attempt<T>(action: () => T, path: string): T {
  try {
    return action();
  } catch (error) {
    throw cannotCreate(path, error);
  }
}

/** The exit of a daemon whose pid file cannot be had. */
export function cannotCreate(path: string, error: unknown): DaemonExit {
  const text = `Corosync Executive couldn't create lock file '${path}'. Error was ${strerror(error)}`;
  return new DaemonExit(EXIT.acquireLock, text, { cause: error });
}
