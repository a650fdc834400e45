import { ByteSpan } from "@corosync/codec";
import { describe, expect, it } from "vitest";
import { totemConfig } from "../src/index.ts";
import type { PacketSource } from "../src/ring/environment.ts";
import { Ring } from "../src/ring/ring.ts";
import { PacketType, TYPE_AT } from "../src/wire/header.ts";
import { Mcast } from "../src/wire/mcast.ts";
import { type CapturedPacket, readVector } from "./captures.ts";

/**
 * A C node's part in a capture is played by our ring: it hears what the C node heard, has the same to
 * say at each token visit, and must send the same bytes (spec totem section 22).
 */

interface Capture {
  readonly nodes: Readonly<Record<string, string>>;
  readonly packets: readonly (CapturedPacket & { readonly dst: readonly string[] | string })[];
}

/** Visits before OPERATIONAL when there is nothing to recover (spec totem 8.3). */
const RECOVERY_VISITS = 4;

const bytesOf = (packet: CapturedPacket): Uint8Array => Uint8Array.from(Buffer.from(packet.hex, "hex"));

function ringOf(packet: CapturedPacket): string {
  const id = packet.decoded["ring_id"] as { rep: number; seq: number } | undefined;
  return id ? `${id.rep}.${id.seq}` : "";
}

/** Without what C leaves uninitialised (spec totem 2.1); for people, with the name of the message. */
function comparable(bytes: Uint8Array): string {
  const clean = bytes.slice();
  if (clean[TYPE_AT] !== PacketType.mcast) clean[4] = 0;
  clean.fill(0, 9, 13);
  return Buffer.from(clean).toString("hex");
}

/** Payloads of the captured node by ring and operational token visit. */
class ScriptedSource implements PacketSource {
  private readonly visits = new Map<string, Uint8Array[][]>();
  private current: Uint8Array[] = [];

  constructor(
    sent: readonly CapturedPacket[],
    private readonly ringNow: () => string,
  ) {
    const rings = new Set(sent.filter(({ decoded }) => decoded.msg === "mcast").map(ringOf));
    for (const ring of rings)
      this.visits.set(ring, this.script(sent.filter((packet) => ringOf(packet) === ring)));
  }

  private script(sent: readonly CapturedPacket[]): Uint8Array[][] {
    const visits: Uint8Array[][] = [[]];
    const tokensSeen = sent.some(({ decoded }) => decoded.msg === "orf_token");
    for (const packet of sent) {
      if (packet.decoded.msg === "mcast") visits.at(-1)!.push(bytesOf(packet).slice(Mcast.payloadAt));
      const ends = tokensSeen ? packet.decoded.msg === "orf_token" : packet.decoded.msg === "mcast";
      if (ends && packet.decoded["token_seq"] !== 0) visits.push([]);
    }
    return tokensSeen ? visits.slice(RECOVERY_VISITS) : visits;
  }

  backlogPackets(): number {
    this.current = this.visits.get(this.ringNow())?.shift() ?? [];
    return this.current.length;
  }

  beginVisit(): void {}

  nextPacket(target: Uint8Array, _view: DataView, offset: number): number {
    const payload = this.current.shift();
    if (!payload) return 0;
    target.set(payload, offset);
    return payload.length;
  }
}

/** Plays node `self` in a capture from its start on; returns what it sent, and what the C node had sent. */
function replay(name: string, self: number): { ours: string[]; theirs: string[] } {
  const capture = readVector(name) as Capture;
  const address = capture.nodes[String(self)]!;
  const sent = capture.packets.filter((packet) => packet.src === address);
  const first = sent[0]!;
  const ours: string[] = [];
  const loop: Uint8Array[] = [];
  let nowMs = first.t_ms;
  let wakeAtMs = Number.POSITIVE_INFINITY;
  const record = (bytes: Uint8Array): void => {
    ours.push(comparable(bytes));
  };
  const source = new ScriptedSource(sent, () => `${ring.ringId.representative}.${ring.ringId.sequence}`);
  const ring: Ring = new Ring(
    self,
    totemConfig(Object.keys(capture.nodes).length),
    {
      multicast: ({ bytes, offsets, lengths, count }) => {
        for (let i = 0; i < count; i++) record(bytes.slice(offsets[i], offsets[i]! + lengths[i]!));
      },
      multicastControl: (packet) => {
        record(packet);
        loop.push(packet.slice());
      },
      sendToken: (nodeId, token, length) => {
        const packet = token.slice(0, length);
        const captured = name.includes("singleton");
        if (nodeId !== self || captured) record(packet);
        if (nodeId === self) loop.push(packet);
        return true;
      },
      wakeAt: (deadlineMs) => {
        wakeAtMs = Math.min(wakeAtMs, deadlineMs);
      },
      persistRingSequence: () => {},
      deliver: () => null,
      configurationChanged: () => {},
      discardPending: () => {},
      random: () => 0,
      log: () => {},
      malformed: (_, reason) => {
        throw new Error(reason);
      },
    },
    source,
  );
  const settle = (untilMs: number): void => {
    for (;;) {
      const packet = loop.shift();
      if (packet) {
        ring.receive(new ByteSpan(packet), "this node", nowMs);
      } else if (wakeAtMs <= untilMs) {
        nowMs = wakeAtMs;
        wakeAtMs = Number.POSITIVE_INFINITY;
        ring.wake(nowMs);
      } else {
        nowMs = untilMs;
        return;
      }
    }
  };
  const storedSequence = (first.decoded["ring_seq"] as number) - 1;
  ring.start(storedSequence, nowMs);
  for (const packet of capture.packets) {
    if (packet.t_ms < first.t_ms || packet.src === address || !packet.dst.includes(address)) continue;
    settle(packet.t_ms);
    ring.receive(new ByteSpan(bytesOf(packet)), packet.src, nowMs);
  }
  settle(capture.packets.at(-1)!.t_ms + 1);
  return { ours, theirs: sent.map((packet) => comparable(bytesOf(packet))) };
}

describe("captures of the C daemon, replayed", () => {
  for (const [name, self] of [
    ["udpu-singleton-formation.json", 1],
    ["udpu-join-2.json", 2],
    ["udpu-join-3.json", 3],
  ] as const) {
    it(`make our ring send the bytes of node ${self} in ${name}`, () => {
      const { ours, theirs } = replay(name, self);
      expect(theirs.length).toBeGreaterThan(40);
      // The capture may end before the C node has answered what it heard last.
      expect(ours.length - theirs.length).toBeLessThanOrEqual(1);
      expect(ours.slice(0, theirs.length)).toEqual(theirs);
    });
  }
});
