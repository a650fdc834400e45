import type { RemoteInfo } from "node:dgram";
import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { MulticastFirst } from "./multicast-first.ts";

const FROM: RemoteInfo = { address: "192.0.2.1", family: "IPv4", port: 5404, size: 1 };

function held() {
  const passed: number[] = [];
  const first = new MulticastFirst((token) => passed.push(token[0]!));
  return { first, passed };
}

it("passes a token at the end of a turn without multicasts (spec totem 10 step 3)", async () => {
  const { first, passed } = held();
  first.hold(Uint8Array.of(1), FROM);
  expect(passed).toEqual([]);
  await setImmediate();
  expect(passed).toEqual([1]);
});

it("waits while turns bring multicasts, and keeps the order of tokens", async () => {
  const { first, passed } = held();
  first.hold(Uint8Array.of(1), FROM);
  first.multicastArrived();
  await setImmediate();
  first.multicastArrived();
  first.hold(Uint8Array.of(2), FROM);
  await setImmediate();
  expect(passed).toEqual([]);
  await setImmediate();
  expect(passed).toEqual([1, 2]);
});

it("does not wait forever", async () => {
  const { first, passed } = held();
  first.hold(Uint8Array.of(1), FROM);
  let turns = 0;
  for (; passed.length === 0 && turns < 100; turns++) {
    first.multicastArrived();
    await setImmediate();
  }
  expect(turns).toBe(4);
});

it("keeps a bounded number of tokens", async () => {
  const { first, passed } = held();
  for (let i = 0; i < 100; i++) first.hold(Uint8Array.of(i), FROM);
  await setImmediate();
  expect(passed).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
