import { describe, expect, it } from "vitest";
import { type Machine, whyNoInterop } from "./interop-needs.mjs";

const fit: Machine = {
  platform: "linux",
  userId: 0,
  hasProgram: () => true,
  hasFile: () => true,
  namespaceFault: () => undefined,
};

describe("whyNoInterop", () => {
  it("finds nothing missing on a fit machine", () => {
    expect(whyNoInterop(fit)).toBeUndefined();
  });

  const unfit: ReadonlyArray<[change: Partial<Machine>, reason: string]> = [
    [{ platform: "darwin" }, "needs Linux"],
    [{ userId: 1000 }, "needs root"],
    [{ hasProgram: (name) => name !== "ip" }, "needs apt-get install iproute2"],
    [
      { userId: 1000, hasProgram: () => false, hasFile: () => false },
      "needs root and: apt-get install corosync iproute2 iptables gcc libcpg-dev",
    ],
    [{ namespaceFault: () => "not permitted" }, "needs network namespaces (not permitted)"],
  ];

  it.each(unfit)("says what to provide for %j", (change, reason) => {
    expect(whyNoInterop({ ...fit, ...change })).toBe(reason);
  });

  it("does not try namespaces before the programs for it are there", () => {
    const namespaceFault = (): string => expect.unreachable("tried without the means");
    expect(whyNoInterop({ ...fit, userId: 1000, namespaceFault })).toBe("needs root");
  });
});
