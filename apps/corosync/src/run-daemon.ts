import { hostname } from "node:os";
import { chdir } from "node:process";
import { type ConfigError, loadConfig } from "@corosync/config";
import { strerror } from "@corosync/crypto";
import type { Starter } from "./background.ts";
import { awaitBindAddress } from "./bind-address.ts";
import type { CommandLine } from "./command-line.ts";
import { DaemonExit } from "./daemon-exit.ts";
import { EXIT } from "./exit-code.ts";
import { LogSystem, type SubsystemLog } from "./logging/log-system.ts";
import { TargetOpener } from "./logging/open-targets.ts";
import { DEFAULT_LOG_SETTINGS } from "./logging/settings.ts";
import { SyslogTarget } from "./logging/syslog-target.ts";
import { type NodeServices, startNodeServices } from "./node-services.ts";
import { type NodeSettings, nodeSettings } from "./node-settings.ts";
import { type DefaultPaths, defaultPaths } from "./paths.ts";
import { isCorosyncProcess, PidFile } from "./pid-file.ts";
import { watchSchedule } from "./schedule-watch.ts";
import { applyScheduling } from "./scheduling.ts";
import { handleSignals } from "./signals.ts";
import { type StopReason, StopRequest } from "./stop-request.ts";
import { systemdReady } from "./systemd.ts";
import { openTestControl } from "./test-control.ts";
import { FEATURES, VERSION_TEXT } from "./version.ts";

type RunCommand = Extract<CommandLine, { kind: "run" }>;

/** Longest wait for slow log targets at the end, in milliseconds. */
const LOG_DEADLINE_MS = 1_000;

/** The daemon from its command line to its end, in the order of spec config 3.1. @returns the exit code */
export async function runDaemon(command: RunCommand, starter: Starter): Promise<number> {
  const identity = { pid: process.pid, hostName: hostname() };
  const nowhere = { stderr: null, syslog: null, files: new Map() };
  const logs = new LogSystem(DEFAULT_LOG_SETTINGS, nowhere, identity, Date.now);
  const targets = new TargetOpener(logs, starter);
  try {
    await new Daemon(command, starter, logs, targets).run();
    return EXIT.normal;
  } catch (error) {
    if (!(error instanceof DaemonExit)) throw error;
    // Until the log is set up a message goes where the starter sees it, as it is.
    if (targets.configured) logExit(logs, error);
    else starter.write(`${error.message}\n`);
    return error.exitCode;
  } finally {
    await targets.close(LOG_DEADLINE_MS);
  }
}

function logExit(logs: LogSystem, { message, exitCode, site }: DaemonExit): void {
  logs.logAt(site, "MAIN", "error", message);
  const place = `${site.file}:${site.line}`;
  logs.logAt(site, "MAIN", "error", `Corosync Cluster Engine exiting with status ${exitCode} at ${place}.`);
}

class Daemon {
  readonly #command: RunCommand;
  readonly #starter: Starter;
  readonly #logs: LogSystem;
  readonly #targets: TargetOpener;
  readonly #log: SubsystemLog;
  readonly #stop = new StopRequest();
  #crashing = false;

  constructor(command: RunCommand, starter: Starter, logs: LogSystem, targets: TargetOpener) {
    this.#command = command;
    this.#starter = starter;
    this.#logs = logs;
    this.#targets = targets;
    this.#log = logs.subsystem("MAIN");
  }

  /** @throws DaemonExit for every end but the normal one */
  async run(): Promise<void> {
    const { configPath, lockPath, testOnly } = this.#command;
    const paths = defaultPaths(process.env);
    const { configuration, error, logging, warnings } = await this.#load(configPath ?? paths.config, paths);
    // Without log settings there is no log: the error goes to stderr as it is.
    if (logging === null) throw configurationExit(error);
    this.#targets.configure(logging);
    if (!testOnly) {
      this.#log("notice", `Corosync Cluster Engine ${VERSION_TEXT} starting up`);
      this.#log("info", `Corosync built-in features: ${FEATURES}`);
      if (logging.toSyslog && !SyslogTarget.available())
        this.#log("info", "Nothing listens at /dev/log: messages do not go to syslog.");
    }
    for (const warning of warnings) this.#log("warning", warning);
    if (configuration === null) throw configurationExit(error);
    if (!testOnly) {
      const warn = (text: string) => this.#log("warning", text);
      const settings = nodeSettings(configuration, warn);
      applyScheduling(configuration.system, warn);
      await this.#serveLocked(settings, lockPath ?? paths.pidFile);
    }
    this.#log("notice", "Corosync Cluster Engine exiting normally");
  }

  async #serveLocked(settings: NodeSettings, pidPath: string): Promise<void> {
    enterStateDirectory(settings.stateDirectory);
    const pidFile = PidFile.acquire(pidPath, process.pid, isCorosyncProcess);
    try {
      await this.#serve(settings);
    } finally {
      pidFile.release();
    }
  }

  async #serve(settings: NodeSettings): Promise<void> {
    const stop = this.#stop;
    handleSignals({
      stop,
      reopenLogs: () => this.#targets.reopenFiles(),
      crashed: (error) => void this.#crash(error),
    });
    const control = openTestControl(() =>
      stop.request({ kind: "asked", text: "The test control has ended" }),
    );
    const bindAddress = await awaitBindAddress({
      findBindAddress: () => settings.findBindAddress(),
      transportName: settings.transport === "udpu" ? "UDP/IP Unicast" : "UDP/IP Multicast",
      downcheckMs: settings.totem.downcheckMs,
      log: this.#logs.subsystem("TOTEM"),
      waiting: () => this.#starter.ready(),
      signal: stop.asked,
    });
    if (bindAddress === null) return this.#end(null, await stop.reason);

    const fatal = (exit: DaemonExit) => stop.request(exit);
    const services = await startNodeServices(settings, bindAddress, this.#logs, fatal);
    control?.control((nodeIds) => services.totem.transport.block(nodeIds));
    void services.executive.ready.then(() => control?.ready());
    const systemd = systemdReady(process.pid, (text) => this.#log("warning", text));
    if (systemd !== null) services.executive.onSynchronized(systemd);
    const endWatch = watchSchedule(settings.totem.tokenTimeoutMs, (text) => this.#log("warning", text));
    this.#starter.ready();

    const reason = await stop.reason;
    endWatch();
    await this.#end(services, reason);
  }

  async #end(services: NodeServices | null, reason: StopReason): Promise<void> {
    if (reason instanceof DaemonExit) {
      await services?.abandon();
      throw reason;
    }
    this.#log("notice", reason.text);
    await services?.leave(this.#stop.hurry);
  }

  /** The configuration of this machine, or the first error in it and what is needed to report it. */
  async #load(path: string, paths: DefaultPaths) {
    const evaluation = await loadConfig(path, {
      testOnly: this.#command.testOnly,
      defaultKeyFile: paths.authkey,
      defaultStateDirectory: paths.stateDirectory,
    });
    if (evaluation.error !== null) return evaluation;
    const { logging, warnings } = evaluation.configuration;
    return { ...evaluation, logging, warnings };
  }

  /** Says what happened and ends the process: nothing of its state can be trusted any more. */
  async #crash(error: Error): Promise<never> {
    // A fault while one is reported would be reported for ever.
    if (this.#crashing) process.exit(EXIT.abort);
    this.#crashing = true;
    this.#log("emerg", `Unexpected error: ${error.message}`);
    for (const line of (error.stack ?? "").split("\n").slice(1)) this.#log("emerg", line.trim());
    logExit(this.#logs, new DaemonExit(EXIT.abort, "The daemon has come upon a fault of its own."));
    await this.#targets.close(LOG_DEADLINE_MS);
    process.exit(EXIT.abort);
  }
}

function configurationExit(error: ConfigError | null): DaemonExit {
  return new DaemonExit(error?.exitCode ?? EXIT.configuration, error?.message ?? "no configuration", {
    cause: error,
  });
}

function enterStateDirectory(path: string): void {
  try {
    chdir(path);
  } catch (error) {
    const text = `Cannot chdir to state directory ${path}. ${strerror(error)}`;
    throw new DaemonExit(EXIT.stateDirectory, text, { cause: error });
  }
}
