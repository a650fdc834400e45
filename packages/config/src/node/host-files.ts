import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { errorNumber, strerror } from "@corosync/errno";
import type { ConfigEnvironment, KeyFileFinding, LogFileFailure } from "../evaluation/environment.ts";

/** What a key can have at most; the rest of a longer file is not looked at. */
const MAX_KEY_BYTES = 4096;

/** The part of the environment that is files. */
export const hostFiles: Pick<ConfigEnvironment, "readKeyFile" | "openLogFile" | "enterDirectory"> = {
  readKeyFile(path, stateDirectory): KeyFileFinding {
    let descriptor: number;
    try {
      descriptor = openSync(resolve(stateDirectory, path), "r");
    } catch (error) {
      return { failed: "open", reason: strerror(error) };
    }
    try {
      return { lengthBytes: countBytes(descriptor) };
    } catch (error) {
      return { failed: "read", reason: strerror(error) };
    } finally {
      closeSync(descriptor);
    }
  },

  openLogFile(path): LogFileFailure | null {
    try {
      closeSync(openSync(path, "a", 0o666));
      return null;
    } catch (error) {
      return { reason: strerror(error), errno: errorNumber(error) };
    }
  },

  enterDirectory(path): string | null {
    try {
      if (!statSync(path).isDirectory()) return "Not a directory";
      accessSync(path, constants.X_OK);
      return null;
    } catch (error) {
      return strerror(error);
    }
  },
};

/** The key is only measured; whoever needs it reads it again. */
function countBytes(descriptor: number): number {
  const content = new Uint8Array(MAX_KEY_BYTES);
  let lengthBytes = 0;
  try {
    while (lengthBytes < MAX_KEY_BYTES) {
      const count = readSync(descriptor, content, lengthBytes, MAX_KEY_BYTES - lengthBytes, null);
      if (count === 0) break;
      lengthBytes += count;
    }
    return lengthBytes;
  } finally {
    content.fill(0);
  }
}
