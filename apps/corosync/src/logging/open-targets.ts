import type { LogSettings } from "@corosync/config";
import { strerrorWithNumber } from "@corosync/errno";
import type { Starter } from "../background.ts";
import { DaemonExit } from "../daemon-exit.ts";
import { EXIT } from "../exit-code.ts";
import { FileTarget, type LineTarget } from "./line-target.ts";
import type { LogSystem, LogTargets } from "./log-system.ts";
import { SyslogTarget } from "./syslog-target.ts";

const STDERR = 2;

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
    for (const rules of [settings.topLevel, ...settings.subsystems.values()]) {
      if (rules.logFile !== null && !this.#files.has(rules.logFile)) this.#openFile(rules.logFile);
    }
    this.#stderr ??= this.#openStderr();
    const stderr = settings.toStderr ? this.#stderr : null;
    const wanted = settings.toSyslog && SyslogTarget.available();
    if (wanted) this.#syslog ??= this.#openSyslog();
    const targets: LogTargets = { stderr, syslog: wanted ? this.#syslog : null, files: this.#files };
    this.#system.configure(settings, targets);
    this.#configured = true;
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
    return new SyslogTarget(process.pid, (reason) => {
      this.#system.subsystem("MAIN")("warning", `Messages no longer reach syslog: ${reason}`);
    });
  }

  #reports(kind: "stderr" | "file", name: string) {
    return {
      dropped: (count: number) =>
        this.#system.lineFor(kind, "warning", `${count} log lines were dropped: ${name} was too slow`),
      failed: (reason: string) =>
        this.#system.subsystem("MAIN")("warning", `Can't write the log to ${name}: ${reason}`),
    };
  }
}
