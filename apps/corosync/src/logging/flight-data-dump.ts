import { renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeFlightData, type FlightRecorder } from "@corosync/blackbox";

/** The name under which the last dump is found. */
const LINK_NAME = "fdata";
/** Messages of all levels are the owner's business alone. */
const FILE_MODE = 0o600;

/** Writes what the flight recorder holds to files of the state directory (spec config 9.7). */
export class FlightDataDump {
  readonly #directory: string;
  readonly #pid: number;
  readonly #now: () => number;
  #running: Promise<string> | null = null;

  /** @param now milliseconds since 1970, for the files' names */
  constructor(directory: string, pid: number, now: () => number) {
    this.#directory = directory;
    this.#pid = pid;
    this.#now = now;
  }

  /**
   * Writes without holding anybody up. Asked for while it writes, it answers with that dump.
   * @returns the file's path
   * @throws what writing the file throws; nothing is left of it then
   */
  write(recorder: FlightRecorder): Promise<string> {
    this.#running ??= this.#write(recorder).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** The same at once, for a process that ends. @throws what writing the file throws */
  writeNow(recorder: FlightRecorder): string {
    const path = this.#path();
    try {
      writeFileSync(path, encodeFlightData(recorder), { mode: FILE_MODE });
      this.#point(path);
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
    return path;
  }

  async #write(recorder: FlightRecorder): Promise<string> {
    const path = this.#path();
    try {
      await writeFile(path, encodeFlightData(recorder), { mode: FILE_MODE });
      this.#point(path);
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
    return path;
  }

  #path(): string {
    return join(this.#directory, `fdata-${localSecond(new Date(this.#now()))}-${this.#pid}`);
  }

  /** Makes the link lead to the file; whoever follows it finds a whole dump at any time. */
  #point(path: string): void {
    const temporary = join(this.#directory, `.${LINK_NAME}.${this.#pid}`);
    rmSync(temporary, { force: true });
    symlinkSync(path, temporary);
    renameSync(temporary, join(this.#directory, LINK_NAME));
  }
}

/** Local time as `2026-01-31T09:05:00`. */
function localSecond(time: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day}T${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
