import type { LogLevel } from "@corosync/service";

/** Writes a line for people. `subsystem` is what the C daemon's log has in brackets, e.g. `MAIN`. */
export type ExecutiveLog = (subsystem: string, level: LogLevel, text: string) => void;

const WINDOW_MS = 1000;
/** Subjects that are remembered; more than that at once means that they are made up by a peer. */
const MAX_SUBJECTS = 256;

/** Lines that bad input can cause at any rate: one a second for each subject, and how many were left out. */
export class RareLog {
  readonly #subjects = new Map<string, { until: number; leftOut: number }>();

  constructor(
    readonly log: ExecutiveLog,
    readonly nowMs: () => number,
  ) {}

  write(subsystem: string, level: LogLevel, subject: string, text: string): void {
    const now = this.nowMs();
    const key = `${subsystem} ${subject}`;
    const entry = this.#subjects.get(key);
    if (entry !== undefined && now < entry.until) {
      entry.leftOut++;
      return;
    }
    if (entry === undefined && this.#subjects.size >= MAX_SUBJECTS) this.#forget(now);
    if (entry === undefined && this.#subjects.size >= MAX_SUBJECTS) return;
    this.#subjects.set(key, { until: now + WINDOW_MS, leftOut: 0 });
    const more = entry !== undefined && entry.leftOut > 0 ? ` (and ${entry.leftOut} more like it)` : "";
    this.log(subsystem, level, text + more);
  }

  #forget(now: number): void {
    for (const [key, { until }] of this.#subjects) if (now >= until) this.#subjects.delete(key);
  }
}
