import { type CallSite, callSite } from "./call-site.ts";

/**
 * A reason to stop, found while the daemon starts or runs: the text for the log, the exit code and
 * the place that found it, for `exiting with status N at FILE:LINE.` (spec config 3.1).
 */
export class DaemonExit extends Error {
  override readonly name = "DaemonExit";
  readonly exitCode: number;
  readonly site: CallSite;

  constructor(exitCode: number, text: string, options?: ErrorOptions) {
    super(text, options);
    this.exitCode = exitCode;
    // What found the fault tells more than what passed it on.
    this.site = callSite(options?.cause instanceof Error ? options.cause : this);
  }
}
