import { setImmediate } from "node:timers/promises";
import { ByteSpan } from "@corosync/codec";
import { expect, it } from "vitest";
import { TokenGate } from "./token-gate.ts";
import { PacketType } from "./wire/header.ts";

function packet(type: number, mark: number): ByteSpan {
  return new ByteSpan(Uint8Array.of(0x70, 0xc0, 3, type, mark));
}

it("lets one token a turn through, and other packets at once", async () => {
  const passed: string[] = [];
  const gate = new TokenGate(({ bytes }) => passed.push(`${bytes[3] === 0 ? "token" : "mcast"} ${bytes[4]}`));
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
  const gate = new TokenGate(() => passed++);
  for (let i = 0; i < 100; i++) gate.receive(packet(PacketType.orfToken, i), "a");
  for (let i = 0; i < 40; i++) await setImmediate();
  expect(passed).toBe(9);
});
