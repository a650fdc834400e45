import type { StopRequest } from "./stop-request.ts";

export interface SignalActions {
  readonly stop: StopRequest;
  reopenLogs(): void;
  /** Reads the log settings again and opens the log files anew. */
  reloadLogging(): void;
  /** Writes what the flight recorder holds to a file. */
  dumpFlightData(): void;
  /** The same at once: the process ends. */
  dumpFlightDataNow(): void;
  /** An error that nobody expected: the process cannot be trusted any more. */
  crashed(error: Error): void;
}

/**
 * TERM, INT and QUIT stop the daemon (spec config 10.6). HUP and USR1, which end the C daemon, reopen
 * the log files here, as log rotation wants it; HUP reads the log settings before that. USR2 and, before it ends the process, ABRT write the
 * flight recorder's file (spec config 9.7). A file size limit (XFSZ) is an error of writing, no end.
 */
export function handleSignals(actions: SignalActions): void {
  const { stop, reopenLogs, crashed } = actions;
  for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
    process.on(signal, () => stop.request({ kind: "asked", text: "Node was shut down by a signal" }));
  }
  process.on("SIGHUP", () => actions.reloadLogging());
  process.on("SIGUSR1", reopenLogs);
  process.on("SIGUSR2", () => actions.dumpFlightData());
  process.once("SIGABRT", () => {
    actions.dumpFlightDataNow();
    process.kill(process.pid, "SIGABRT");
  });
  process.on("SIGXFSZ", () => undefined);
  process.on("uncaughtException", crashed);
  process.on("unhandledRejection", (reason) => {
    crashed(reason instanceof Error ? reason : new Error(`unhandled rejection: ${String(reason)}`));
  });
}
