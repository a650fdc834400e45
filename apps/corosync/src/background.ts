import { spawn } from "node:child_process";
import { EXIT } from "./exit-code.ts";

/** Set for the process that a background start leaves behind; it talks to its parent until it is ready. */
const BACKGROUND_VARIABLE = "COROSYNC_BACKGROUND";

/** Texts that a parent which does not read may leave waiting. */
const MAX_TEXTS_UNDER_WAY = 1_000;

/** What the background process tells the parent that waits for it. */
type StartMessage = { readonly stderr: string } | { readonly ready: true };

/**
 * Starts the daemon in a session of its own and waits until it serves (spec config 10.3). What it has
 * to say until then appears on this process's stderr.
 *
 * @param entryPath the daemon's main module
 * @param words the command line, without `-f`
 * @returns 0 once the daemon is ready, or the code that it ended with
 */
export function startInBackground(entryPath: string, words: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...process.execArgv, entryPath, "-f", ...words], {
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      env: { ...process.env, [BACKGROUND_VARIABLE]: "1" },
    });
    child.on("message", (message: StartMessage) => {
      if ("stderr" in message) {
        process.stderr.write(message.stderr);
        return;
      }
      child.disconnect();
      child.unref();
      resolve(EXIT.normal);
    });
    child.once("error", (error) => {
      process.stderr.write(`Can't start in the background: ${error.message}\n`);
      resolve(EXIT.fork);
    });
    child.once("exit", (code) => resolve(code ?? EXIT.abort));
  });
}

/** The way to whoever started the daemon: its stderr, or the parent of a background start. */
export interface Starter {
  /** Writes a text as it is, to be seen at once. */
  write(text: string): void;
  /** True for the process that a background start leaves behind: its own stderr is nowhere. */
  readonly background: boolean;
  /** The daemon serves: a parent that waits may go. */
  ready(): void;
}

/** The starter of this process, found out from the environment that `startInBackground` set. */
export function starterOfThisProcess(): Starter {
  if (process.env[BACKGROUND_VARIABLE] === undefined || process.send === undefined) {
    return { write: (text) => void process.stderr.write(text), background: false, ready: () => undefined };
  }
  delete process.env[BACKGROUND_VARIABLE];
  const tell = (message: StartMessage, sent: () => void = () => undefined) => {
    if (process.connected) process.send?.(message, sent);
    else sent();
  };
  return {
    write: boundedWriter((text, sent) => tell({ stderr: text }, sent), MAX_TEXTS_UNDER_WAY),
    background: true,
    ready: () => tell({ ready: true }),
  };
}

/**
 * A writer that drops texts while too many are under way, and tells how many when there is room again: a
 * parent that was stopped must not fill the memory of its child.
 * @param send hands a text on, and calls `sent` when it is gone
 */
export function boundedWriter(
  send: (text: string, sent: () => void) => void,
  limit: number,
): (text: string) => void {
  let underWay = 0;
  let dropped = 0;
  const sent = () => {
    underWay--;
  };
  const hand = (text: string) => {
    underWay++;
    send(text, sent);
  };
  return (text) => {
    if (underWay >= limit) {
      dropped++;
      return;
    }
    if (dropped > 0) hand(`${dropped} messages were dropped: nobody took them\n`);
    dropped = 0;
    hand(text);
  };
}
