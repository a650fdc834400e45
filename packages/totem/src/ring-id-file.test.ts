import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RingIdFile, RingIdFileError } from "./ring-id-file.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "ringid-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("RingIdFile", () => {
  it("starts from 0 and writes that down, readable by its owner alone", () => {
    expect(new RingIdFile(directory, 7).load()).toBe(0);
    const path = join(directory, "ringid_7");
    expect([...readFileSync(path)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("keeps a sequence as eight little-endian bytes, as the C daemon does", () => {
    const file = new RingIdFile(directory, 3325256705);
    file.store(0x1_0000_0005);
    expect([...readFileSync(join(directory, "ringid_3325256705"))]).toEqual([5, 0, 0, 0, 1, 0, 0, 0]);
    expect(file.load()).toBe(0x1_0000_0005);
  });

  it("starts over when the file is short or holds more than can be", () => {
    const path = join(directory, "ringid_1");
    const beyondBelief = Buffer.alloc(8);
    beyondBelief.writeBigUInt64LE(2n ** 52n);
    for (const bytes of [Buffer.alloc(7, 1), Buffer.alloc(8, 0xff), beyondBelief]) {
      writeFileSync(path, bytes);
      expect(new RingIdFile(directory, 1).load()).toBe(0);
    }
  });

  it("says that the disk is full", () => {
    symlinkSync("/dev/full", join(directory, "ringid_1"));
    expect(() => new RingIdFile(directory, 1).store(0x2a)).toThrow(
      /^Couldn't store new ring id 2a to stable storage: ENOSPC/,
    );
  });

  it("does not cut the file before it writes: an old sequence is better than none", () => {
    const path = join(directory, "ringid_1");
    writeFileSync(path, Buffer.alloc(12, 1));
    const file = new RingIdFile(directory, 1);
    file.store(9);
    expect([...readFileSync(path)]).toEqual([9, 0, 0, 0, 0, 0, 0, 0]);
    expect(file.load()).toBe(9);
  });

  it("says which file it can not write", () => {
    const file = new RingIdFile(join(directory, "missing"), 1);
    expect(() => file.load()).toThrow(RingIdFileError);
    expect(() => file.load()).toThrow(/Couldn't create ringid file .*ringid_1'.*ENOENT/);
    expect(() => file.store(13)).toThrow(/Couldn't store new ring id d to stable storage/);
  });
});
