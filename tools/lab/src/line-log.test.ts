import { describe, expect, it } from "vitest";
import { LineLog } from "./line-log.ts";

describe("LineLog", () => {
  it("joins lines that arrive in pieces", () => {
    const log = new LineLog("daemon");
    log.append("one\ntw");
    expect(log.lines).toEqual(["one"]);
    log.append("o\n");
    expect(log.lines).toEqual(["one", "two"]);
  });

  it("finds a line that is there already and one that is still to come", async () => {
    const log = new LineLog("daemon");
    log.append("ready 1\n");
    expect(await log.waitFor(/ready/)).toBe("ready 1");
    const later = log.waitFor(/ready/, { from: log.lines.length });
    log.append("other\nready 2\n");
    expect(await later).toBe("ready 2");
  });

  it("fails a wait at its time limit, and tells what was last said", async () => {
    const log = new LineLog("daemon");
    log.append("stuck here\n");
    await expect(log.waitFor(/ready/, { timeoutMs: 5 })).rejects.toThrow(/within 5 ms\nstuck here/);
  });

  it("fails waits when the process ends, but not for a last line without a newline", async () => {
    const log = new LineLog("daemon");
    const last = log.waitFor(/last words/);
    const never = log.waitFor(/ready/);
    const failure = expect(never).rejects.toThrow(/ended with status 8/);
    log.append("last words");
    log.end("ended with status 8");
    expect(await last).toBe("last words");
    await failure;
    await expect(log.waitFor(/ready/)).rejects.toThrow(/ended with status 8/);
  });
});
