import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type KeygenIo, runKeygen } from "./corosync-keygen.ts";

interface KeygenRecord {
  readonly situation: string;
  readonly argv: readonly string[];
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly uid?: number;
}

const vectors = new URL("../test/vectors/corosync-keygen.json", import.meta.url);
const { records } = JSON.parse(readFileSync(vectors, "utf8")) as { records: readonly KeygenRecord[] };

describe("corosync-keygen", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "keygen-"));
    mkdirSync(join(root, "etc/corosync"), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Runs with everything but devices below a folder of its own. */
  function run(
    words: readonly string[],
    refuseCreation = false,
    created: (descriptor: number) => number = (descriptor) => descriptor,
  ) {
    let stdout = "";
    let stderr = "";
    const io: KeygenIo = {
      stdout: (text) => {
        stdout += text;
      },
      stderr: (text) => {
        stderr += text;
      },
      open: (path, flags, mode) => {
        if (refuseCreation && flags === "w") throw Object.assign(new Error("refused"), { code: "EACCES" });
        const descriptor = openSync(path.startsWith("/dev/") ? path : join(root, path), flags, mode);
        return flags === "w" ? created(descriptor) : descriptor;
      },
    };
    const exit = runKeygen(words, io);
    return { exit, stdout, stderr };
  }

  it.each(records.map((record) => [record.argv.join(" "), record] as const))("%s", (_line, record) => {
    const { exit, stdout, stderr } = record;
    expect(run(record.argv.slice(1), record.uid !== undefined)).toEqual({ exit, stdout, stderr });
  });

  it("writes a key of the size asked for, readable by its owner only", () => {
    expect(run(["-s", "1024", "-k", "/etc/corosync/key"]).exit).toBe(0);
    const file = join(root, "etc/corosync/key");
    const content = readFileSync(file);
    expect(content).toHaveLength(1024);
    expect(new Set(content).size).toBeGreaterThan(100);
    expect(statSync(file).mode & 0o7777).toBe(0o400);
  });

  it("replaces a longer file and closes it to others", () => {
    const file = join(root, "etc/corosync/key");
    writeFileSync(file, "x".repeat(5000), { mode: 0o644 });
    expect(run(["-k", "/etc/corosync/key"]).exit).toBe(0);
    expect(readFileSync(file)).toHaveLength(256);
    expect(statSync(file).mode & 0o7777).toBe(0o400);
  });

  it("takes the bytes of the random file as they come", () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => index % 251);
    writeFileSync(join(root, "dice"), bytes);
    expect(run(["-r", "/dice", "-s", "128"]).exit).toBe(0);
    expect(readFileSync(join(root, "etc/corosync/authkey"))).toEqual(Buffer.from(bytes.subarray(0, 128)));
  });

  it("ends when the random file ends, and writes nothing", () => {
    writeFileSync(join(root, "dice"), new Uint8Array(100));
    expect(run(["-r", "/dice"])).toEqual({
      exit: 1,
      stdout:
        "Corosync Cluster Engine Authentication key generator.\n" +
        "Gathering 2048 bits for key from /dice.\n" +
        "Press keys on your keyboard to generate entropy (1248 bits still needed).\n",
      stderr: "corosync-keygen: Unexpected end of /dice\n",
    });
    expect(() => statSync(join(root, "etc/corosync/authkey"))).toThrow("ENOENT");
  });

  it.each([
    [3, "Failed to set key file permissions to 0400: Bad file descriptor", "closed"],
    [4, "Could not write /etc/corosync/authkey: Bad file descriptor", "read only"],
  ])("ends with %i and says why: %s", (code, text, state) => {
    const outcome = run([], false, (descriptor) => {
      closeSync(descriptor);
      return state === "closed" ? descriptor : openSync(join(root, "etc/corosync/authkey"), "r");
    });
    expect([outcome.exit, outcome.stderr]).toEqual([code, `corosync-keygen: ${text}\n`]);
  });

  it("says that a folder is no random file", () => {
    expect(run(["-r", "/etc"])).toMatchObject({
      exit: 1,
      stderr: "corosync-keygen: Could not read /etc: Is a directory\n",
    });
  });
});
