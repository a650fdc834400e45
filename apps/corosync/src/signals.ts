import type { StopRequest } from "./stop-request.ts";

export interface SignalActions {
  readonly stop: StopRequest;
  reopenLogs(): void;
  /** An error that nobody expected: the process cannot be trusted any more. */
  crashed(error: Error): void;
}

/**
 * TERM, INT and QUIT stop the daemon (spec config 10.6). HUP and USR1, which end the C daemon, reopen
 * the log files here, as log rotation wants it; USR2 is taken and does nothing, as in C.
 */
export function handleSignals({ stop, reopenLogs, crashed }: SignalActions): void {
  for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
    process.on(signal, () => stop.request({ kind: "asked", text: "Node was shut down by a signal" }));
  }
  process.on("SIGHUP", reopenLogs);
  process.on("SIGUSR1", reopenLogs);
  process.on("SIGUSR2", () => undefined);
  process.on("uncaughtException", crashed);
  process.on("unhandledRejection", (reason) => {
    crashed(reason instanceof Error ? reason : new Error(`unhandled rejection: ${String(reason)}`));
  });
}
