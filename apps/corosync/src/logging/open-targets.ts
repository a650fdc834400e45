import type { LogSettings } from "@corosync/config";
import { strerrorWithNumber } from "@corosync/errno";
import type { Starter } from "../background.ts";
import { DaemonExit } from "../daemon-exit.ts";
import { EXIT } from "../exit-code.ts";
import { FileTarget, type LineTarget, type TargetReports } from "./line-target.ts";
import type { LogSystem } from "./log-system.ts";
import { SyslogTarget } from "./syslog-target.ts";

const STDERR = 2;

/** Longest wait for what a file that is no longer used has still to write, in milliseconds. */
const CLOSE_DEADLINE_MS = 1_000;

/** Opens what the settings name and makes the log system write there. */
export class TargetOpener {
  readonly #system: LogSystem;
  readonly #starter: Starter;
  readonly #files = new Map<string, FileTarget>();
  #stderr: LineTarget | null = null;
  #syslog: SyslogTarget | null = null;
  #configured = false;

  constructor(system: LogSystem, starter: Starter) {
    this.#system = system;
    this.#starter = starter;
  }

  /** Whether messages reach any place yet. */
  get configured(): boolean {
    return this.#configured;
  }

  /** @throws DaemonExit 7 when a log file cannot be opened */
  configure(settings: LogSettings): void {
    for (const path of logFiles(settings)) if (!this.#files.has(path)) this.#openFile(path);
    this.#stderr ??= this.#openStderr();
    const stderr = settings.toStderr ? this.#stderr : null;
    // A target may have something to say of itself at once.
    this.#system.configure(settings, { stderr, syslog: this.#syslog, files: this.#files });
    if (settings.toSyslog) this.#syslog ??= this.#openSyslog();
    const syslog = settings.toSyslog ? this.#syslog : null;
    this.#system.configure(settings, { stderr, syslog, files: this.#files });
    this.#configured = true;
  }

  /**
   * Replaces the settings of a running daemon, and lets go of files that they no longer name.
   * @throws DaemonExit when a log file cannot be opened: the old settings go on
   */
  reconfigure(settings: LogSettings): void {
    this.configure(settings);
    const wanted = new Set(logFiles(settings));
    for (const [path, file] of this.#files) {
      if (wanted.has(path)) continue;
      this.#files.delete(path);
      void file.close(CLOSE_DEADLINE_MS);
    }
  }

  /** Opens the log files anew, after a rotation. */
  reopenFiles(): void {
    for (const file of this.#files.values()) file.reopen();
  }

  /** Writes what is queued; a target that does not take it by the deadline loses it. */
  async close(deadlineMs: number): Promise<void> {
    const targets: (LineTarget | null)[] = [this.#stderr, this.#syslog, ...this.#files.values()];
    await Promise.all(targets.map((target) => target?.close(deadlineMs)));
  }

  #openStderr(): LineTarget {
    if (!this.#starter.background) return new FileTarget(STDERR, this.#reports("stderr", "stderr"));
    const starter = this.#starter;
    return { write: (line) => starter.write(`${line}\n`), close: () => Promise.resolve() };
  }

  #openFile(path: string): void {
    try {
      this.#files.set(path, new FileTarget(path, this.#reports("file", path)));
    } catch (error) {
      const text = strerrorWithNumber(error);
      throw new DaemonExit(
        EXIT.logConfiguration,
        `parse error in config: Can't open logfile '${path}' for reason: ${text}.`,
      );
    }
  }

  #openSyslog(): SyslogTarget {
    const log = this.#system.subsystem("MAIN");
    // A machine without syslog is no fault; the daemon's own first lines go first.
    let level: "info" | "warning" = "info";
    queueMicrotask(() => {
      level = "warning";
    });
    return new SyslogTarget(process.pid, {
      failed: (reason) => {
        const line = `Messages do not reach syslog: ${reason}`;
        if (level === "info") queueMicrotask(() => log("info", line));
        else log(level, line);
      },
      recovered: () => log("notice", "Messages reach syslog again"),
    });
  }

  #reports(kind: "stderr" | "file", name: string): TargetReports {
    const log = this.#system.subsystem("MAIN");
    return {
      dropped: (count) =>
        this.#system.lineFor(kind, "warning", `${count} log lines were dropped: ${name} was too slow`),
      failed: (reason) => log("warning", `Can't write the log to ${name}: ${reason}`),
      recovered: () => log("notice", `The log is written to ${name} again`),
    };
  }
}

function logFiles({ topLevel, subsystems }: LogSettings): string[] {
  return [topLevel, ...subsystems.values()].flatMap(({ logFile }) => (logFile === null ? [] : [logFile]));
}
