import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChunkPool } from "./chunk-pool.ts";
import { FRAME_HEADER_BYTES, FrameType } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { OutputBuffer } from "./output-buffer.ts";

const MIB = 1024 * 1024;

describe("output buffer", () => {
  it("writes what was reserved, in order, whatever is flushed and written when", () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant("reserve" as const), length: fc.integer({ min: 1, max: 3000 }) }),
      fc.record({ do: fc.constant("reserve" as const), length: fc.integer({ min: 30_000, max: 70_000 }) }),
      fc.record({ do: fc.constantFrom("flush" as const, "written" as const), length: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const reader = new FrameReader(70_000);
        let unwritten = 0;
        const output = new OutputBuffer(new ChunkPool(), (bytes) => {
          reader.push(bytes.slice());
          unwritten++;
        });
        const lengths: number[] = [];
        for (const { do: what, length } of steps) {
          if (what === "flush") output.flush();
          else if (what === "written" && unwritten > 0) {
            unwritten--;
            output.written();
          } else if (what === "reserve") {
            const span = output.reserve(FrameType.event, length);
            expect(Buffer.compare(span.subarray(), new Uint8Array(length))).toBe(0);
            span.subarray().fill(lengths.length + 1);
            lengths.push(length);
          }
        }
        output.flushAll();
        for (const [index, length] of lengths.entries()) {
          expect(reader.peek()).toBe(true);
          expect(Buffer.compare(reader.body.subarray(), new Uint8Array(length).fill(index + 1))).toBe(0);
          reader.advance();
        }
        expect(reader.bufferedBytes).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("gathers small frames into one write", () => {
    let writes = 0;
    const output = new OutputBuffer(new ChunkPool(), () => writes++);
    for (let n = 0; n < 100; n++) output.reserve(FrameType.request, 64);
    output.flush();
    expect(writes).toBe(1);
  });

  it("stops handing over at 1 MiB and counts what is pending", () => {
    let handed = 0;
    const output = new OutputBuffer(new ChunkPool(), (bytes) => {
      handed += bytes.length;
    });
    for (let n = 0; n < 40; n++) output.reserve(FrameType.request, 100_000);
    output.flush();
    expect(handed).toBeGreaterThanOrEqual(MIB);
    expect(handed).toBeLessThan(MIB + 100_000 + FRAME_HEADER_BYTES);
    expect(output.pendingBytes).toBe(40 * (100_000 + FRAME_HEADER_BYTES));
    expect(output.queuedBytes).toBe(output.pendingBytes - handed);
    output.written();
    output.flush();
    expect(output.pendingBytes).toBe(39 * (100_000 + FRAME_HEADER_BYTES));
  });

  it("uses chunks again", () => {
    const seen = new Set<ArrayBufferLike>();
    const output = new OutputBuffer(new ChunkPool(), (bytes) => seen.add(bytes.buffer));
    for (let n = 0; n < 10; n++) {
      output.reserve(FrameType.request, 64);
      output.flush();
      output.written();
    }
    expect(seen.size).toBe(1);
  });
});
