import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { AuthkeyError } from "./authkey.ts";
import { readAuthkey } from "./authkey-file.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "authkey-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function keyFile(name: string, content: Uint8Array, mode: number): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

describe("reading a key file", () => {
  it("returns the key of a file that only its owner can read, without a finding", () => {
    const content = Uint8Array.from({ length: 256 }, (_, i) => i);
    const { key, warning } = readAuthkey(keyFile("good", content, 0o400));
    expect(key.lend((bytes) => Uint8Array.from(bytes))).toEqual(content);
    expect(warning).toBeNull();
  });

  it("reads at most 4096 bytes", () => {
    expect(readAuthkey(keyFile("long", new Uint8Array(10_000), 0o600)).key.lengthBytes).toBe(4096);
  });

  it("finds that others can read the key, and gives it all the same", () => {
    const world = readAuthkey(keyFile("world", new Uint8Array(128), 0o644));
    expect(world.key.lengthBytes).toBe(128);
    expect(world.warning).toBe(
      `Authkey ${join(folder, "world")} has mode 0644 and can be read by everyone; it should be 0400.`,
    );
    const group = readAuthkey(keyFile("group", new Uint8Array(128), 0o440));
    expect(group.warning).toContain("mode 0440 and can be read by its group");
  });

  it("finds that the key belongs to somebody else", () => {
    const path = keyFile("foreign", new Uint8Array(128), 0o444);
    const owner = statSync(path).uid;
    const mine = vi.spyOn(process, "geteuid").mockReturnValue(owner + 1);
    try {
      // Root may read everything anyhow.
      const finding = `Authkey ${path} belongs to user ${owner}, who can read and replace it; it should belong to root.`;
      if (owner === 0) expect(readAuthkey(path).warning).toContain("can be read by everyone");
      else expect(readAuthkey(path).warning).toBe(finding);
      if (owner !== 0) return;
      chownSync(path, 12_345, 0);
      expect(readAuthkey(path).warning).toBe(finding.replace("user 0", "user 12345"));
    } finally {
      mine.mockRestore();
    }
  });

  it("speaks the words of the C daemon", () => {
    const missing = join(folder, "missing");
    expect(() => readAuthkey(missing)).toThrow(
      new AuthkeyError(`Could not open ${missing}: No such file or directory`),
    );
    expect(() => readAuthkey(folder)).toThrow(new AuthkeyError(`Could not read ${folder}: Is a directory`));
    const short = keyFile("short", new Uint8Array(100), 0o400);
    expect(() => readAuthkey(short)).toThrow(
      new AuthkeyError(`Could only read 800 bits of minimum 1024 bits from ${short}.`),
    );
    const inside = join(short, "inside");
    expect(() => readAuthkey(inside)).toThrow(new AuthkeyError(`Could not open ${inside}: Not a directory`));
    const loop = join(folder, "loop");
    symlinkSync(loop, loop);
    expect(() => readAuthkey(loop)).toThrow(
      new AuthkeyError(`Could not open ${loop}: Too many levels of symbolic links`),
    );
    expect(() => readAuthkey("a\0b")).toThrow(new AuthkeyError("Could not open a\0b: Invalid argument"));
  });
});
