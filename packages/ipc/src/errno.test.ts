import { constants } from "node:os";
import { describe, expect, it } from "vitest";
import { csErrorOfErrno, describeErrno, Errno } from "./errno.ts";

describe("error numbers", () => {
  it("are those of Linux", () => {
    const known: Record<string, number> = constants.errno;
    for (const [name, number] of Object.entries(Errno))
      if (known[name] !== undefined) expect([name, number]).toEqual([name, known[name]]);
  });

  it.each([
    [11, "CS_ERR_TRY_AGAIN"],
    [13, "CS_ERR_ACCESS"],
    [24, "CS_ERR_LIBRARY"],
    [38, "CS_ERR_NOT_SUPPORTED"],
    [95, "CS_ERR_NOT_SUPPORTED"],
    [4095, "CS_ERR_LIBRARY"],
    ["ECONNREFUSED", "CS_ERR_LIBRARY"],
    ["ENOENT", "CS_ERR_NOT_EXIST"],
    ["EUNKNOWN", "CS_ERR_LIBRARY"],
  ])("%s is %s", (errno, name) => {
    expect(csErrorOfErrno(errno)).toBe(name);
  });

  it("are named in messages", () => {
    expect(describeErrno(-95)).toBe("-95 (ENOTSUP)");
    expect(describeErrno(-4095)).toBe("-4095 (unknown)");
  });
});
