import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { isAlive, LabIdentity, processOwner } from "./lab-identity.ts";

describe("LabIdentity", () => {
  it("gives different labs different names and subnets, and interfaces short names", () => {
    const one = new LabIdentity("73mx0");
    const other = new LabIdentity("73mx1");
    expect(one.hostNamespace(1)).not.toBe(other.hostNamespace(1));
    expect(one.subnet).not.toBe(other.subnet);
    expect(one.address(3)).toMatch(/^10\.\d+\.\d+\.3$/);
    expect(one.portName(250).length).toBeLessThanOrEqual(15);
  });

  it("refuses names that a command or path could take for something else", () => {
    for (const name of ["", "a/b", "..", "-n", "A", "12345678901"]) {
      expect(() => new LabIdentity(name)).toThrow(/lab name/);
    }
  });
});

describe("processOwner", () => {
  it("tells a living process from a dead one and from another with the same id", async () => {
    const child = spawn("sleep", ["60"]);
    const owner = processOwner(child.pid!)!;
    expect(isAlive(owner)).toBe(true);
    expect(isAlive({ ...owner, startTimeTicks: "1" })).toBe(false);
    child.kill();
    await once(child, "exit");
    expect(isAlive(owner)).toBe(false);
  });
});
