import { hostname } from "node:os";
import { resolve } from "node:path";
import { chdir } from "node:process";
import { type ConfigError, loadConfig } from "@corosync/config";
import { strerror } from "@corosync/errno";
import { loadNative, type Native } from "@corosync/native";
import type { Starter } from "./background.ts";
import { awaitBindAddress } from "./bind-address.ts";
import type { CommandLine } from "./command-line.ts";
import { Crash, LOG_DEADLINE_MS, logExit } from "./crash.ts";
import { DaemonExit } from "./daemon-exit.ts";
import { EXIT } from "./exit-code.ts";
import { lockPidFile } from "./locked-pid-file.ts";
import { writeEarlyError } from "./logging/early-syslog.ts";
import { FlightData } from "./logging/flight-data.ts";
import { LogSystem, type SubsystemLog } from "./logging/log-system.ts";
import { TargetOpener } from "./logging/open-targets.ts";
import { reloadLogging } from "./logging/reload-logging.ts";
import { DEFAULT_LOG_SETTINGS } from "./logging/settings.ts";
import { SyslogTarget } from "./logging/syslog-target.ts";
import { lockMemory } from "./memory-lock.ts";
import { type NodeServices, startNodeServices } from "./node-services.ts";
import { type NodeSettings, nodeSettings } from "./node-settings.ts";
import { type DefaultPaths, defaultPaths } from "./paths.ts";
import { isCorosyncProcess, PidFile } from "./pid-file.ts";
import { moveToRootCgroup } from "./root-cgroup.ts";
import { watchSchedule } from "./schedule-watch.ts";
import { applyScheduling, runsInRealtime, setNice } from "./scheduling.ts";
import { handleSignals } from "./signals.ts";
import { type StopReason, StopRequest } from "./stop-request.ts";
import { systemdReady } from "./systemd.ts";
import { openTestControl } from "./test-control.ts";
import { FEATURES, VERSION_TEXT } from "./version.ts";

type RunCommand = Extract<CommandLine, { kind: "run" }>;

/** The daemon from its command line to its end, in the order of spec config 3.1. @returns the exit code */
export async function runDaemon(command: RunCommand, starter: Starter): Promise<number> {
  const identity = { pid: process.pid, hostName: hostname() };
  const nowhere = { stderr: null, syslog: null, files: new Map() };
  const logs = new LogSystem(DEFAULT_LOG_SETTINGS, nowhere, identity, Date.now);
  const targets = new TargetOpener(logs, starter);
  const crash = new Crash(logs, targets, starter);
  const daemon = new Daemon(command, starter, logs, targets, crash);
  try {
    await daemon.run();
    return EXIT.normal;
  } catch (error) {
    if (!(error instanceof DaemonExit)) return crash.end(error);
    if (targets.configured) logExit(logs, error);
    else await tellWithoutLog(error, command, starter);
    return error.exitCode;
  } finally {
    await targets.close(LOG_DEADLINE_MS);
  }
}

/** Until the log is set up a message goes where the starter sees it, and to syslog, as it is. */
async function tellWithoutLog(error: DaemonExit, command: RunCommand, starter: Starter): Promise<void> {
  starter.write(`${error.message}\n`);
  // A test is for the eyes of whoever makes it.
  if (!command.testOnly) await writeEarlyError(process.pid, error.message, LOG_DEADLINE_MS);
}

class Daemon {
  readonly #command: RunCommand;
  readonly #starter: Starter;
  readonly #logs: LogSystem;
  readonly #targets: TargetOpener;
  readonly #log: SubsystemLog;
  readonly #crash: Crash;
  #reloadLogging: () => Promise<void> = async () => undefined;
  readonly #stop = new StopRequest();

  constructor(command: RunCommand, starter: Starter, logs: LogSystem, targets: TargetOpener, crash: Crash) {
    this.#command = command;
    this.#starter = starter;
    this.#logs = logs;
    this.#targets = targets;
    this.#crash = crash;
    this.#log = logs.subsystem("MAIN");
  }

  /** @throws DaemonExit for every end but the normal one */
  async run(): Promise<void> {
    const { configPath, lockPath, testOnly } = this.#command;
    const paths = defaultPaths(process.env);
    const path = configPath ?? paths.config;
    // By the time it is read again the daemon has moved to its state directory.
    const absolutePath = resolve(path);
    const { configuration, error, logging, warnings } = await this.#load(path, paths);
    // Without log settings there is no log: the error goes to stderr as it is.
    if (logging === null) throw configurationExit(error);
    // A test is for the eyes of whoever makes it.
    const toSyslog = logging.toSyslog && (!testOnly || SyslogTarget.available());
    this.#targets.configure({ ...logging, toSyslog });
    if (!testOnly) {
      this.#log("notice", `Corosync Cluster Engine ${VERSION_TEXT} starting up`);
      this.#log("info", `Corosync built-in features: ${FEATURES}`);
    }
    for (const warning of warnings) this.#log("warning", warning);
    if (configuration === null) throw configurationExit(error);
    if (!testOnly) {
      const warn = (text: string) => this.#log("warning", text);
      for (const text of configuration.unusedKeyWarnings) warn(text);
      const settings = nodeSettings(configuration, warn);
      const calls = { setNice, isRealtime: runsInRealtime(), moveToRootCgroup };
      const realtime = configuration.system.realtimeScheduling && !calls.isRealtime;
      const native = await loadNative((reason) => warn(withoutNativeText(realtime, reason)));
      applyScheduling(configuration.system, { ...calls, native }, this.#log);
      if (native !== null) lockMemory(native, this.#log);
      this.#reloadLogging = async () =>
        reloadLogging(await this.#load(absolutePath, paths), this.#targets, this.#log);
      await this.#serveLocked(settings, lockPath ?? paths.pidFile, native);
    }
    this.#log("notice", "Corosync Cluster Engine exiting normally");
  }

  async #serveLocked(settings: NodeSettings, pidPath: string, native: Native | null): Promise<void> {
    enterStateDirectory(settings.stateDirectory);
    const pidFile =
      native === null
        ? PidFile.acquire(pidPath, process.pid, isCorosyncProcess)
        : lockPidFile(pidPath, process.pid, native);
    try {
      await this.#serve(settings);
    } finally {
      pidFile.release();
    }
  }

  async #serve(settings: NodeSettings): Promise<void> {
    const stop = this.#stop;
    const flightData = new FlightData(this.#logs, settings.stateDirectory);
    this.#crash.dumpFlightData = () => flightData.dumpNow();
    handleSignals({
      stop,
      reopenLogs: () => this.#targets.reopenFiles(),
      reloadLogging: () => void this.#reloadLogging(),
      dumpFlightData: () => void flightData.dump(),
      dumpFlightDataNow: () => flightData.dumpNow(),
      crashed: (error) => void this.#crash.end(error),
    });
    const control = openTestControl(() =>
      stop.request({ kind: "asked", text: "The test control has ended" }),
    );
    const bindAddress = await awaitBindAddress({
      findBindAddress: () => settings.findBindAddress(),
      transportName: settings.transport === "udpu" ? "UDP/IP Unicast" : "UDP/IP Multicast",
      downcheckMs: settings.totem.downcheckMs,
      log: this.#logs.subsystem("TOTEM"),
      signal: stop.asked,
    });
    if (bindAddress === null) return this.#end(null, await stop.reason);

    const fatal = (exit: DaemonExit) => stop.request(exit);
    const services = await startNodeServices(settings, bindAddress, this.#logs, fatal);
    control?.control((nodeIds) => services.totem.transport.block(nodeIds));
    void services.executive.ready.then(() => {
      control?.ready();
      this.#starter.ready();
    });
    const systemd = systemdReady(process.pid, (text) => this.#log("warning", text));
    if (systemd !== null) services.executive.onSynchronized(systemd);
    const endWatch = watchSchedule(settings.totem.tokenTimeoutMs, (text) => this.#log("warning", text));

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
}

function configurationExit(error: ConfigError | null): DaemonExit {
  return new DaemonExit(error?.exitCode ?? EXIT.configuration, error?.message ?? "no configuration", {
    cause: error,
  });
}

/** @param realtime whether that is missed, too */
function withoutNativeText(realtime: boolean, reason: string): string {
  const missing = realtime ? "No real-time scheduling, no locked memory" : "No locked memory";
  return `${missing} and no lock on the pid file: the optional package koffi is not usable (${reason})`;
}

function enterStateDirectory(path: string): void {
  try {
    chdir(path);
  } catch (error) {
    const text = `Cannot chdir to state directory ${path}. ${strerror(error)}`;
    throw new DaemonExit(EXIT.stateDirectory, text, { cause: error });
  }
}
