import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockPidFile } from "./locked-pid-file.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "corosync-pid-"));
  path = join(folder, "corosync.pid");
});
afterEach(() => rmSync(folder, { recursive: true }));

const free = { lockRecord: () => true };
const taken = { lockRecord: () => false };

describe("the locked pid file", () => {
  it("holds the pid and a line end, mode 0640, until it is released", () => {
    const file = lockPidFile(path, 4711, free);
    expect(readFileSync(path, "latin1")).toBe("4711\n");
    expect(statSync(path).mode & 0o777).toBe(0o640);
    file.release();
    expect(existsSync(path)).toBe(false);
  });

  it("takes over what a dead daemon left, longer as it may be", () => {
    writeFileSync(path, "1234567890\n");
    lockPidFile(path, 5, free).release();
    writeFileSync(path, "1234567890\n");
    const file = lockPidFile(path, 5, free);
    expect(readFileSync(path, "latin1")).toBe("5\n");
    file.release();
  });

  it("leaves the file of whom has the lock as it is: 18", () => {
    writeFileSync(path, "1\n");
    expect(() => lockPidFile(path, 5, taken)).toThrow(
      expect.objectContaining({ exitCode: 18, message: "Another Corosync instance is already running." }),
    );
    expect(readFileSync(path, "latin1")).toBe("1\n");
  });

  it("locks the successor of a file that its holder removes in between", () => {
    writeFileSync(path, "1\n");
    let locks = 0;
    const file = lockPidFile(path, 5, {
      lockRecord: () => {
        if (++locks === 1) unlinkSync(path);
        return true;
      },
    });
    expect(locks).toBe(2);
    expect(readFileSync(path, "latin1")).toBe("5\n");
    file.release();
  });

  it("leaves a file of another that has taken its place", () => {
    const file = lockPidFile(path, 5, free);
    renameSync(path, `${path}.old`);
    writeFileSync(path, "6\n");
    file.release();
    expect(readFileSync(path, "latin1")).toBe("6\n");
  });

  it("names what is wrong: 17", () => {
    mkdirSync(path);
    const text = `Corosync Executive couldn't create lock file '${path}'. Error was Is a directory`;
    expect(() => lockPidFile(path, 5, free)).toThrow(
      expect.objectContaining({ exitCode: 17, message: text }),
    );
    const below = join(folder, "none", "corosync.pid");
    expect(() => lockPidFile(below, 5, free)).toThrow(/'\. Error was No such file or directory$/);
    const refused = {
      lockRecord: () => {
        throw Object.assign(new Error("ENOLCK"), { code: "ENOLCK", errno: -37 });
      },
    };
    expect(() => lockPidFile(join(folder, "b"), 5, refused)).toThrow(/Error was No locks available$/);
  });
});
