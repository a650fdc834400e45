import { expect, it } from "vitest";
import { withBindRetries } from "./bind-retry.ts";

function fault(code: string, errno: number): NodeJS.ErrnoException {
  return Object.assign(new Error(`bind ${code}`), { code, errno, address: "127.0.0.1", port: 5405 });
}

function retried(outcomes: readonly (Error | string)[]) {
  const waits: number[] = [];
  const warnings: string[] = [];
  let attempt = 0;
  const open = async (): Promise<string> => {
    const outcome = outcomes[Math.min(attempt++, outcomes.length - 1)]!;
    if (typeof outcome === "string") return outcome;
    throw outcome;
  };
  const result = withBindRetries(
    open,
    (text) => warnings.push(text),
    async (ms) => waits.push(ms),
  );
  return { result, waits, warnings, attempts: () => attempt };
}

it("tries again with growing pauses until the address can be had (spec totem 15.2)", async () => {
  const { result, waits, warnings } = retried([
    fault("EADDRNOTAVAIL", -99),
    fault("EADDRINUSE", -98),
    "sockets",
  ]);
  expect(await result).toBe("sockets");
  expect(waits).toEqual([100, 200]);
  expect(warnings).toEqual([
    "bind token socket failed: Cannot assign requested address (99): 127.0.0.1 port 5405",
    "bind token socket failed: Address already in use (98): 127.0.0.1 port 5405",
  ]);
});

it("gives up after ten more attempts, as C does", async () => {
  const { result, waits, attempts } = retried([fault("EADDRINUSE", -98)]);
  await expect(result).rejects.toThrow("EADDRINUSE");
  expect(attempts()).toBe(11);
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(5500);
});

it("does not repeat what would fail again", async () => {
  const { result, attempts } = retried([fault("EACCES", -13)]);
  await expect(result).rejects.toThrow("EACCES");
  expect(attempts()).toBe(1);
});
