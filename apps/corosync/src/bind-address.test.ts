import { describe, expect, it } from "vitest";
import { awaitBindAddress } from "./bind-address.ts";

function search(answers: (string | null)[], signal = new AbortController().signal) {
  const lines: string[] = [];
  const result = awaitBindAddress({
    findBindAddress: () => answers.shift() ?? null,
    transportName: "UDP/IP Unicast",
    downcheckMs: 1,
    log: (level, text) => lines.push(`${level} ${text}`),
    signal,
  });
  return { result, lines };
}

describe("awaitBindAddress", () => {
  it("answers at once when an interface is up", async () => {
    const { result, lines } = search(["10.0.0.1"]);
    expect(await result).toBe("10.0.0.1");
    expect(lines).toEqual([
      "notice Initializing transport (UDP/IP Unicast).",
      "notice The network interface [10.0.0.1] is now up.",
    ]);
  });

  it("says once that it waits, and looks until one is up", async () => {
    const { result, lines } = search([null, null, "10.0.0.1"]);
    expect(await result).toBe("10.0.0.1");
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^warning No network interface /);
  });

  it("gives up when told to", async () => {
    const stop = new AbortController();
    const { result } = search([], stop.signal);
    stop.abort();
    expect(await result).toBeNull();
  });
});
