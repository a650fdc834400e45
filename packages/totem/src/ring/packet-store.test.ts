import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PacketStore, SORT_QUEUE_SLOTS } from "./packet-store.ts";

function packet(seq: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (seq * 7 + i) & 0xff);
}

describe("PacketStore", () => {
  it("behaves as a map with a window, whatever is added and released", () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 0, max: 900 }), length: fc.integer({ min: 1, max: 90 }) }),
      fc.record({ release: fc.integer({ min: 0, max: 60 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.constantFrom(0, 0xfffffd00), (steps, start) => {
        const store = new PacketStore(64);
        const model = new Map<number, Uint8Array>();
        let head = start;
        if (start !== 0) store.release((start - 1) >>> 0);
        for (const action of steps) {
          if ("add" in action) {
            const seq = (head + action.add) >>> 0;
            const bytes = packet(seq, action.length);
            expect(store.add(seq, bytes, 0, bytes.length)).toBe(!model.has(seq));
            if (!model.has(seq)) model.set(seq, bytes);
          } else {
            for (let i = 0; i <= action.release; i++) model.delete((head + i) >>> 0);
            head = (head + action.release + 1) >>> 0;
            store.release((head - 1) >>> 0);
          }
        }
        for (let i = 0; i < 1100; i++) {
          const seq = (head + i) >>> 0;
          if (store.locate(seq) !== model.has(seq)) throw new Error(`presence of ${seq} differs`);
          if (model.has(seq)) expect(Buffer.compare(store.packet.copy(), model.get(seq)!)).toBe(0);
        }
      }),
    );
  });

  it("refuses what lies before the window or 16384 beyond it (spec totem 3.2)", () => {
    const store = new PacketStore(8);
    store.release(99);
    const bytes = packet(1, 4);
    expect(store.add(99, bytes, 0, 4)).toBe(false);
    expect(store.add(100 + SORT_QUEUE_SLOTS, bytes, 0, 4)).toBe(false);
    expect(store.add(100 + SORT_QUEUE_SLOTS - 1, bytes, 0, 4)).toBe(true);
    expect(store.add(100, bytes, 0, 4)).toBe(true);
  });

  it("counts misses of a sequence until it is filled", () => {
    const store = new PacketStore(8);
    expect([store.missed(5), store.missed(5), store.missed(6), store.missed(5)]).toEqual([1, 2, 1, 3]);
    store.ensure(2000);
    expect(store.missed(5)).toBe(4);
    store.add(5, packet(5, 3), 0, 3);
    store.release(5);
    expect(store.has(5)).toBe(false);
  });

  it("keeps packets longer than its stride, and gives them back on release", () => {
    const store = new PacketStore(16);
    const large = packet(3, 5000);
    expect(store.add(3, large, 0, large.length)).toBe(true);
    expect(store.locate(3)).toBe(true);
    expect(store.packet.copy()).toEqual(large);
    store.ensure(700);
    expect(store.locate(3) && store.packet.length).toBe(5000);
    store.reset();
    expect(store.has(3)).toBe(false);
  });

  it("forgets what lies behind a sequence, long packets too, and takes it again", () => {
    const store = new PacketStore(16);
    for (const seq of [1, 2, 3, 300]) store.add(seq, packet(seq, 3), 0, 3);
    store.add(4, packet(4, 100), 0, 100);
    store.forgetBehind(2);
    expect([1, 2, 3, 4, 300].filter((seq) => store.has(seq))).toEqual([1, 2]);
    expect(store.add(4, packet(4, 3), 0, 3)).toBe(true);
    store.forgetBehind(0);
    expect([1, 2, 3, 4, 300].filter((seq) => store.has(seq))).toEqual([]);
  });
});
