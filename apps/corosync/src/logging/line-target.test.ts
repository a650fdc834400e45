import { spawnSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  read,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FileTarget, type TargetReports } from "./line-target.ts";

let folder = "";
beforeEach(() => {
  events = [];
  folder = mkdtempSync(join(tmpdir(), "corosync-log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

let events: string[] = [];
const report: TargetReports = {
  dropped: (count) => `${count} dropped`,
  failed: (reason) => events.push(`failed: ${reason}`),
  recovered: () => events.push("recovered"),
};
const FULL = "failed: No space left on device (28)";

describe("FileTarget", () => {
  it("appends lines in order and has them on disk when closed", async () => {
    const path = join(folder, "a.log");
    for (const part of [1, 2]) {
      const target = new FileTarget(path, report);
      for (let i = 0; i < 1000; i++) target.write(`${part} ${i}`);
      await target.close(2_000);
    }
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(2_000);
    expect(lines[0]).toBe("1 0");
    expect(lines.at(-1)).toBe("2 999");
  });

  it("throws when the file cannot be opened", () => {
    expect(() => new FileTarget(join(folder, "no", "such"), report)).toThrow(/ENOENT/);
  });

  it("writes to the old name's successor after a rotation", async () => {
    const path = join(folder, "b.log");
    const target = new FileTarget(path, report);
    target.write("before");
    await vi.waitFor(() => expect(readFileSync(path, "utf8")).toBe("before\n"));
    renameSync(path, `${path}.1`);
    target.reopen();
    target.write("after");
    await target.close(2_000);
    expect(readFileSync(`${path}.1`, "utf8")).toBe("before\n");
    expect(readFileSync(path, "utf8")).toBe("after\n");
  });

  it("takes a line after it was closed without a word: another target may fail while all are closed", async () => {
    const path = join(folder, "c.log");
    const target = new FileTarget(path, report);
    target.write("before");
    await target.close(2_000);
    expect(() => {
      target.write("after");
      target.reopen();
    }).not.toThrow();
    expect(readFileSync(path, "utf8")).toBe("before\n");
  });

  it("tells once why writing fails, and tries again", async () => {
    const target = new FileTarget("/dev/full", report, { retryMs: 5 });
    for (const line of ["1", "2", "3"]) {
      target.write(line);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await target.close(200);
    expect(events).toEqual([FULL]);
  });

  it("writes what waited when the cause is gone, says how much was lost, and tells once", async () => {
    const path = join(folder, "log");
    symlinkSync("/dev/full", path);
    const target = new FileTarget(path, report, { retryMs: 5, queueLimitBytes: 1_000 });
    const line = "x".repeat(99);
    for (let i = 0; i < 30; i++) target.write(line);
    await vi.waitFor(() => expect(events).toEqual([FULL]));
    unlinkSync(path);
    target.reopen();
    await vi.waitFor(() => expect(readFileSync(path, "utf8")).toBe(`${`${line}\n`.repeat(10)}20 dropped\n`));
    target.write("after");
    await target.close(2_000);
    expect(events).toEqual([FULL, "recovered"]);
    expect(readFileSync(path, "utf8")).toMatch(/dropped\nafter\n$/);
  });

  it("goes on with the old file while the new one cannot be opened, and changes over when it can", async () => {
    const path = join(folder, "d.log");
    const target = new FileTarget(path, report, { retryMs: 5 });
    target.write("one");
    await vi.waitFor(() => expect(readFileSync(path, "utf8")).toBe("one\n"));
    renameSync(path, `${path}.1`);
    mkdirSync(path);
    target.reopen();
    expect(events).toEqual(["failed: Is a directory (21)"]);
    target.write("two");
    await vi.waitFor(() => expect(readFileSync(`${path}.1`, "utf8")).toBe("one\ntwo\n"));
    expect(events).toHaveLength(1);
    rmSync(path, { recursive: true });
    await vi.waitFor(() => expect(events).toEqual(["failed: Is a directory (21)", "recovered"]));
    target.write("three");
    await target.close(2_000);
    expect(readFileSync(path, "utf8")).toBe("three\n");
  });

  it("refuses a pipe that nobody reads instead of waiting for a reader", () => {
    const fifo = join(folder, "fifo");
    expect(spawnSync("mkfifo", [fifo]).status).toBe(0);
    expect(() => new FileTarget(fifo, report)).toThrow(/ENXIO/);
  });

  it("never blocks on a stalled reader: drops, counts, and says so when the reader is back", async () => {
    const fifo = join(folder, "fifo");
    expect(spawnSync("mkfifo", [fifo]).status).toBe(0);
    const reader = openSync(fifo, "r+");
    const target = new FileTarget(fifo, report, { queueLimitBytes: 8_192 });
    const line = "x".repeat(1_000);
    for (let i = 0; i < 500; i++) target.write(line);
    const { text, dropped } = await readUntilReport(reader);
    await target.close(2_000);
    closeSync(reader);
    const kept = text.split("\n").filter((word) => word === line).length;
    expect(dropped).toBeGreaterThan(300);
    expect(kept + dropped).toBe(500);
  });
});

async function readUntilReport(fd: number): Promise<{ text: string; dropped: number }> {
  const buffer = Buffer.alloc(65_536);
  let text = "";
  for (;;) {
    const match = /(\d+) dropped\n/.exec(text);
    if (match !== null) return { text, dropped: Number(match[1]) };
    text += await new Promise<string>((resolve, reject) => {
      read(fd, buffer, 0, buffer.length, null, (error, length) => {
        if (error === null) resolve(buffer.toString("latin1", 0, length));
        else reject(error);
      });
    });
  }
}
