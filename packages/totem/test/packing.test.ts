import { ByteSpan } from "@corosync/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Assembly, totempgFault } from "../src/group/assembly.ts";
import { MessageFifo } from "../src/group/message-fifo.ts";
import { Packer, TotempgHeader } from "../src/group/packer.ts";
import { readVector } from "./capture/captures.ts";

const NO_PREFIX = new Uint8Array(0);
const LIMIT = 1410;

function text(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (seed * 31 + i * 7) & 0xff);
}

function nextPacket(packer: Packer, limit = LIMIT): ByteSpan | null {
  const target = new Uint8Array(limit + 3);
  const length = packer.nextPacket(target, new DataView(target.buffer), 3, limit);
  return length === 0 ? null : new ByteSpan(target, 3, length);
}

function describePacket(packet: ByteSpan): [number, number, number[]] {
  const count = packet.view.getUint16(packet.offset + TotempgHeader.countAt, true);
  const lengths = Array.from({ length: count }, (_, i) =>
    packet.view.getUint16(packet.offset + TotempgHeader.lengthsAt + 2 * i, true),
  );
  return [packet.bytes[packet.offset + 4]!, packet.bytes[packet.offset + 5]!, lengths];
}

function assemble(packets: readonly ByteSpan[], assembly = new Assembly(true)): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const span = new ByteSpan(NO_PREFIX);
  for (const packet of packets) {
    const fault = totempgFault(packet.view, packet.offset, packet.length);
    if (fault !== null) throw new Error(fault);
    assembly.receive(packet, span, () => messages.push(span.copy()));
  }
  return messages;
}

describe("packing", () => {
  it("cuts single messages as C does, in all recorded cases", () => {
    const { cases } = readVector("packing.json") as {
      cases: { iovec_lengths: number[]; packets: [number, number, number[]][] }[];
    };
    expect(cases.length).toBe(44);
    for (const { iovec_lengths, packets } of cases) {
      const packer = new Packer();
      const length = iovec_lengths.reduce((a, b) => a + b, 0);
      packer.fifo.push(NO_PREFIX, new ByteSpan(text(length, 1)), undefined);
      const got: [number, number, number[]][] = [];
      for (let p = nextPacket(packer); p; p = nextPacket(packer)) got.push(describePacket(p));
      expect(got).toEqual(packets);
    }
  });

  it("fills packets and gives back the same messages, whatever their lengths", () => {
    const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 6000 })), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 200, max: 2000 }), fc.nat(5), (sizes, limit, burst) => {
        const packer = new Packer();
        const assembly = new Assembly(true);
        const sent: Uint8Array[] = [];
        const got: Uint8Array[] = [];
        for (const [i, size] of sizes.entries()) {
          const message = text(size, i);
          sent.push(message);
          packer.fifo.push(message.subarray(0, 1), new ByteSpan(message, 1), undefined);
          for (let k = 0; k < burst; k++) {
            const packet = nextPacket(packer, limit);
            if (packet) got.push(...assemble([packet], assembly));
          }
        }
        for (let p = nextPacket(packer, limit); p; p = nextPacket(packer, limit)) {
          if (packer.fifo.count > 0) expect(p.length).toBeGreaterThanOrEqual(limit - 2);
          got.push(...assemble([p], assembly));
        }
        expect(got.map((m) => m.length)).toEqual(sizes);
        expect(Buffer.compare(Buffer.concat(got), Buffer.concat(sent))).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it("numbers fragments 1 to 255 and starts over at 1", () => {
    const packer = new Packer();
    packer.fifo.push(NO_PREFIX, new ByteSpan(text(600 * 1400, 1)), undefined);
    const numbers: number[] = [];
    for (let p = nextPacket(packer); p; p = nextPacket(packer)) numbers.push(describePacket(p)[0]);
    expect(numbers.slice(253, 257)).toEqual([254, 255, 1, 2]);
    expect(numbers.at(-1)).toBe(0);
  });

  it("ends a packet behind a message that a configuration change cut, so that joiners lose nothing else", () => {
    const packer = new Packer();
    packer.fifo.push(NO_PREFIX, new ByteSpan(text(2000, 1)), undefined);
    nextPacket(packer);
    packer.configurationChanged();
    packer.fifo.push(NO_PREFIX, new ByteSpan(text(10, 2)), undefined);
    packer.fifo.push(NO_PREFIX, new ByteSpan(text(5000, 3)), undefined);
    const tail = nextPacket(packer)!;
    expect(describePacket(tail)).toEqual([0, 1, [600]]);
    const rest: ByteSpan[] = [tail];
    for (let p = nextPacket(packer); p; p = nextPacket(packer)) rest.push(p);
    expect(assemble(rest).map((m) => m.length)).toEqual([10, 5000]);
  });
});

describe("assembly", () => {
  it("ignores a sender that it hears in mid-message up to a packet that ends with a whole message", () => {
    const packer = new Packer();
    for (const [i, size] of [2000, 30, 2500, 40].entries()) {
      packer.fifo.push(NO_PREFIX, new ByteSpan(text(size, i)), undefined);
    }
    const packets: ByteSpan[] = [];
    for (let p = nextPacket(packer); p; p = nextPacket(packer)) packets.push(p);
    packer.fifo.push(NO_PREFIX, new ByteSpan(text(77, 9)), undefined);
    packets.push(nextPacket(packer)!);
    expect(assemble(packets).map((m) => m.length)).toEqual([2000, 30, 2500, 40, 77]);
    expect(assemble(packets.slice(1)).map((m) => m.length)).toEqual([77]);
  });

  it("refuses packets whose lengths do not add up", () => {
    const packer = new Packer();
    packer.fifo.push(NO_PREFIX, new ByteSpan(text(20, 1)), undefined);
    const packet = nextPacket(packer)!;
    expect(totempgFault(packet.view, packet.offset, packet.length - 1)).toMatch(
      /msg_len: lengths add up to 30/,
    );
    expect(totempgFault(packet.view, packet.offset, 7)).toMatch(/7 bytes/);
    packet.view.setUint16(packet.offset + 6, 60000, true);
    expect(totempgFault(packet.view, packet.offset, packet.length)).toMatch(/msg_count: 60000/);
  });

  it("gives up a message that grows beyond what may exist, and recovers with the next whole packet", () => {
    const assembly = new Assembly(true);
    const piece = (fragmented: number, continuation: number, length: number): ByteSpan => {
      const bytes = new Uint8Array(10 + length);
      bytes[4] = fragmented;
      bytes[5] = continuation;
      new DataView(bytes.buffer).setUint16(6, 1, true);
      new DataView(bytes.buffer).setUint16(8, length, true);
      return new ByteSpan(bytes);
    };
    const flood = [
      piece(1, 0, 60_000),
      ...Array.from({ length: 30 }, () => piece(1, 1, 60_000)),
      piece(0, 1, 5),
    ];
    expect(assemble([...flood, piece(0, 0, 9)], assembly).map((m) => m.length)).toEqual([9]);
  });
});

describe("MessageFifo", () => {
  it("moves messages in and out at any place", () => {
    const fifo = new MessageFifo();
    for (let i = 0; i < 5; i++) fifo.push(NO_PREFIX, new ByteSpan(text(3 + i, i)), undefined);
    const removed = fifo.removeFrom(2);
    expect(removed.map(({ bytes }) => bytes)).toEqual([text(5, 2), text(6, 3), text(7, 4)]);
    fifo.insertAt(1, [{ bytes: text(9, 9), whole: false }]);
    expect(Array.from({ length: fifo.count }, (_, i) => fifo.lengthOf(i))).toEqual([3, 9, 4]);
    const all = new Uint8Array(16);
    fifo.take(all, 0, 16);
    expect(all).toEqual(Uint8Array.from([...text(3, 0), ...text(9, 9), ...text(4, 1)]));
    expect([fifo.count, fifo.byteLength]).toEqual([0, 0]);
  });
});
