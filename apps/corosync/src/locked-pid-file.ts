import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import type { Native } from "@corosync/native";
import { alreadyRunning, cannotCreate, type HeldPidFile, PID_FILE_MODE } from "./pid-file.ts";

/**
 * The pid file under the POSIX record lock that the C daemon takes as well (spec config 10.7): of all
 * daemons that name one file, C or ours, one runs.
 *
 * @throws DaemonExit 18 when another process has the lock, 17 when the file cannot be written
 */
export function lockPidFile(
  path: string,
  pid: number,
  { lockRecord }: Pick<Native, "lockRecord">,
): HeldPidFile {
  for (;;) {
    const descriptor = attempt(path, () =>
      openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK, PID_FILE_MODE),
    );
    try {
      if (!attempt(path, () => lockRecord(descriptor))) throw alreadyRunning();
      // The daemon that had the lock may have removed the file meanwhile: then this lock excludes nobody.
      if (!names(path, descriptor)) {
        closeSync(descriptor);
        continue;
      }
      attempt(path, () => {
        ftruncateSync(descriptor);
        fchmodSync(descriptor, PID_FILE_MODE);
        writeSync(descriptor, `${pid}\n`);
      });
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
    return { release: () => release(path, descriptor) };
  }
}

function release(path: string, descriptor: number): void {
  // Before the lock goes: afterwards the file may be another daemon's.
  try {
    if (names(path, descriptor)) unlinkSync(path);
  } catch {
    // The folder has become unwritable: an unlocked file left behind harms nobody.
  }
  closeSync(descriptor);
}

/** Whether the path still leads to the open file. */
function names(path: string, descriptor: number): boolean {
  const named = statSync(path, { throwIfNoEntry: false });
  const open = fstatSync(descriptor);
  return named !== undefined && named.ino === open.ino && named.dev === open.dev;
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw cannotCreate(path, error);
  }
}
