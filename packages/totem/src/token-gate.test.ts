import { setImmediate, setTimeout } from "node:timers/promises";
import { ByteSpan } from "@corosync/codec";
import { expect, it } from "vitest";
import { TokenGate } from "./token-gate.ts";
import { PacketType } from "./wire/header.ts";

function packet(type: number, mark: number): ByteSpan {
  return new ByteSpan(Uint8Array.of(0x70, 0xc0, 3, type, mark));
}

it("lets one token a turn through, and other packets at once", async () => {
  const passed: string[] = [];
  const gate = new TokenGate(
    ({ bytes }) => passed.push(`${bytes[3] === 0 ? "token" : "mcast"} ${bytes[4]}`),
    () => false,
  );
  gate.receive(packet(PacketType.mcast, 1), "a");
  gate.receive(packet(PacketType.orfToken, 2), "a");
  const reused = packet(PacketType.orfToken, 3);
  gate.receive(reused, "a");
  reused.bytes[4] = 99;
  gate.receive(packet(PacketType.mcast, 4), "a");
  expect(passed).toEqual(["mcast 1", "token 2", "mcast 4"]);
  await setImmediate();
  await setImmediate();
  expect(passed).toEqual(["mcast 1", "token 2", "mcast 4", "token 3"]);
  gate.receive(packet(PacketType.orfToken, 5), "a");
  await setImmediate();
  await setImmediate();
  expect(passed.at(-1)).toBe("token 5");
});

it("keeps a bounded number of tokens waiting", async () => {
  let passed = 0;
  const gate = new TokenGate(
    () => passed++,
    () => false,
  );
  for (let i = 0; i < 100; i++) gate.receive(packet(PacketType.orfToken, i), "a");
  for (let i = 0; i < 40; i++) await setImmediate();
  expect(passed).toBe(9);
});

it("holds tokens, in their order, while the system has not taken what was sent (spec totem 23)", async () => {
  const passed: string[] = [];
  let congested = false;
  const gate = new TokenGate(
    ({ bytes }) => passed.push(`${bytes[3] === 0 ? "token" : "mcast"} ${bytes[4]}`),
    () => congested,
  );
  gate.receive(packet(PacketType.orfToken, 1), "a");
  congested = true;
  for (const mark of [2, 3]) gate.receive(packet(PacketType.orfToken, mark), "a");
  gate.receive(packet(PacketType.mcast, 4), "a");
  for (let i = 0; i < 5; i++) await setTimeout(2);
  gate.receive(packet(PacketType.orfToken, 5), "a");
  expect(passed).toEqual(["token 1", "mcast 4"]);
  congested = false;
  while (passed.length < 5) await setTimeout(1);
  expect(passed.slice(2)).toEqual(["token 2", "token 3", "token 5"]);
});
