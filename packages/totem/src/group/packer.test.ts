import { ByteSpan } from "@corosync/codec";
import { describe, expect, it } from "vitest";
import { Packer } from "./packer.ts";

const LIMIT = 1410;

/** Lengths of the messages and pieces in each packet. */
function packets(messages: readonly { length: number; whole: boolean }[]): number[][] {
  const packer = new Packer();
  for (const { length, whole } of messages)
    packer.fifo.push(new Uint8Array(0), new ByteSpan(new Uint8Array(length)), undefined, whole);
  const target = new Uint8Array(LIMIT);
  const view = new DataView(target.buffer);
  const found: number[][] = [];
  while (packer.nextPacket(target, view, 0, LIMIT) > 0) {
    const count = view.getUint16(6, true);
    found.push(Array.from({ length: count }, (_, i) => view.getUint16(8 + 2 * i, true)));
  }
  return found;
}

describe("a message that is to stay whole", () => {
  it("goes into the next packet when the rest of this one is too short", () => {
    const first = { length: 1300, whole: false };
    expect(packets([first, { length: 200, whole: false }])).toEqual([[1300, 98], [102]]);
    expect(packets([first, { length: 200, whole: true }])).toEqual([[1300], [200]]);
    expect(packets([first, { length: 98, whole: true }])).toEqual([[1300, 98]]);
  });

  it("is split when it exceeds a packet", () => {
    expect(packets([{ length: 1500, whole: true }])).toEqual([[1400], [100]]);
    expect(
      packets([
        { length: 1390, whole: false },
        { length: 1500, whole: true },
      ]),
    ).toEqual([[1390, 8], [1400], [92]]);
  });

  it("stays so when others are put before it", () => {
    const packer = new Packer();
    const bytes = new Uint8Array(200);
    packer.fifo.push(new Uint8Array(0), new ByteSpan(bytes), undefined, true);
    packer.fifo.insertAt(0, [{ bytes: new Uint8Array(10), whole: false }]);
    expect([packer.fifo.isWhole(0), packer.fifo.isWhole(1)]).toEqual([false, true]);
    expect(packer.fifo.lengthOf(1)).toBe(200);
  });
});
