import { expect, it } from "vitest";
import { InterfaceWatch } from "./interface-watch.ts";

function fault(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`send ${code}`), { code });
}

function watched() {
  const lines: string[] = [];
  const sent: boolean[] = [];
  let refreshed = 0;
  const watch = new InterfaceWatch({
    address: "192.0.2.1",
    log: (level, text) => lines.push(`${level} ${text}`),
    multicastSent: (ok) => sent.push(ok),
    refresh: () => refreshed++,
  });
  const round = (...codes: (string | null)[]) => {
    const outcome = watch.round(codes.length);
    for (const code of codes) outcome(code === null ? null : fault(code));
  };
  return { lines, sent, round, refreshed: () => refreshed };
}

it("says once that the interface is down, and once that it is up (spec totem 15.5)", () => {
  const { lines, round } = watched();
  round(null, null);
  for (let i = 0; i < 3; i++) round("ENETUNREACH", "ENETUNREACH");
  for (let i = 0; i < 3; i++) round(null, null);
  expect(lines).toEqual([
    "notice The network interface is down. (send ENETUNREACH)",
    "notice The network interface [192.0.2.1] is now up.",
  ]);
});

it("does not blame the interface for one peer out of reach, nor for dead ones", () => {
  const { lines, round } = watched();
  round("ENETUNREACH", null);
  round("ECONNREFUSED", "EHOSTUNREACH");
  expect(lines).toEqual([]);
});

it("looks after the sockets as long as the interface is down, and when it is back", () => {
  const { round, refreshed } = watched();
  round(null);
  expect(refreshed()).toBe(0);
  round("ENODEV");
  round("ENODEV");
  round(null);
  round(null);
  expect(refreshed()).toBe(3);
});

it("tells what the system refuses, but not while the interface is down (spec totem 15.2)", () => {
  const { lines, sent, round } = watched();
  round("EPERM", "EPERM");
  round("EPERM", null);
  round("EPERM", "ECONNREFUSED");
  round("ENETUNREACH", "ENETUNREACH");
  round("ENOBUFS", "ENETUNREACH");
  expect(sent).toEqual([false, true, true, false]);
  expect(lines.length).toBe(2);
});
