import { strerror } from "@corosync/errno";
import { FlightDataDump } from "./flight-data-dump.ts";
import type { LogSystem, SubsystemLog } from "./log-system.ts";

/** What the daemon does when its flight data are asked for: writes them, and says where or why not. */
export class FlightData {
  readonly #logs: LogSystem;
  readonly #dump: FlightDataDump;
  readonly #log: SubsystemLog;

  constructor(logs: LogSystem, stateDirectory: string) {
    this.#logs = logs;
    this.#dump = new FlightDataDump(stateDirectory, process.pid, Date.now);
    this.#log = logs.subsystem("MAIN");
  }

  async dump(): Promise<void> {
    const { recorder } = this.#logs;
    if (recorder === null) return this.#off();
    try {
      this.#log("notice", `Flight data written to ${await this.#dump.write(recorder)}`);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** For a process that ends. */
  dumpNow(): void {
    const { recorder } = this.#logs;
    if (recorder === null) return;
    try {
      this.#dump.writeNow(recorder);
    } catch (error) {
      this.#failed(error);
    }
  }

  #off(): void {
    this.#log("warning", "There are no flight data: the configuration says blackbox: off");
  }

  #failed(error: unknown): void {
    this.#log("error", `Can't write flight data: ${strerror(error)}`);
  }
}
