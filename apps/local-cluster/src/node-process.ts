import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { NodePlace } from "./cluster-configuration.ts";

/** How a daemon ended. */
export interface NodeExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** True when it was told to. */
  readonly expected: boolean;
  /** True when it was told to leave, did not, and was killed. */
  readonly overdue: boolean;
  /** The last lines of its log. */
  readonly lastLines: readonly string[];
}

/** Log lines remembered for the case that a daemon ends by itself. */
const LAST_LINES = 12;
/** A daemon that has not left by then is killed. */
const STOP_DEADLINE_MS = 5_000;

/** The daemon of one node, as a child process that can be started again and again. */
export class NodeProcess {
  readonly #place: NodePlace;
  readonly #entryPath: string;
  readonly #exited: (exit: NodeExit) => void;
  #child: ChildProcess | null = null;
  #expected = false;
  #overdue = false;

  constructor(place: NodePlace, entryPath: string, exited: (exit: NodeExit) => void) {
    this.#place = place;
    this.#entryPath = entryPath;
    this.#exited = exited;
  }

  get running(): boolean {
    return this.#child !== null;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the daemon. Resolves when it serves clients. @throws Error when it ends before that */
  start(): Promise<void> {
    if (this.#child !== null) throw new Error(`node ${this.#place.number} runs already`);
    const words = ["-f", "-c", this.#place.configPath, "-l", this.#place.pidPath];
    const child = spawn(process.execPath, [this.#entryPath, ...words], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...process.env, COROSYNC_TEST_CONTROL: "1" },
    });
    this.#child = child;
    this.#expected = false;
    this.#overdue = false;
    const lastLines: string[] = [];
    createInterface({ input: child.stderr! }).on("line", (line) => {
      if (lastLines.push(line) > LAST_LINES) lastLines.shift();
    });
    return new Promise((resolve, reject) => {
      child.on("message", (message) => {
        if (typeof message === "object" && "ready" in message) resolve();
      });
      child.once("error", reject);
      // After "close" its stderr has been read to the end.
      child.once("close", (code, signal) => {
        this.#child = null;
        this.#exited({ code, signal, expected: this.#expected, overdue: this.#overdue, lastLines });
        reject(new Error([`the daemon ended with ${signal ?? code}`, ...lastLines].join("\n")));
      });
    });
  }

  /** Ends the daemon at once. Resolves when it is gone. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  /** Asks the daemon to leave. Resolves when it is gone. */
  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  /** Makes the daemon deaf and mute towards these nodes; towards all others it is neither. */
  block(nodes: readonly number[]): void {
    if (this.#child?.connected) this.#child.send({ block: nodes });
  }

  /** For the last moment, when nothing can be awaited any more. */
  killNow(): void {
    this.#child?.kill("SIGKILL");
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#expected = true;
    const gone = new Promise<void>((resolve) => {
      child.once("close", () => resolve());
    });
    child.kill(signal);
    const timer = setTimeout(() => {
      this.#overdue = true;
      child.kill("SIGKILL");
    }, STOP_DEADLINE_MS);
    await gone;
    clearTimeout(timer);
  }
}
