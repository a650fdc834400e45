import { describe, expect, it } from "vitest";
import { messageId, requestHeader, responseHeader } from "./index.ts";

describe("message headers", () => {
  it("are those of the C daemon: a joinlist of CPG begins with id 2 << 16 | 2", () => {
    const bytes = responseHeader.encode({ id: messageId(2, 2), size: 168, error: 0 });
    expect(Buffer.from(bytes).toString("hex")).toBe(
      `${"02000200"}${"00000000"}${"a8000000"}${"00".repeat(12)}`,
    );
  });

  it("stand in 16 bytes for requests and 24 for responses, with padding between the fields", () => {
    expect([requestHeader.size, responseHeader.size]).toEqual([16, 24]);
    const bytes = new Uint8Array(24).fill(0xff);
    expect(requestHeader.decode(bytes)).toEqual({ id: -1, size: -1 });
    responseHeader.encodeInto({ id: 5, size: 24, error: 12 }, bytes);
    expect(responseHeader.decode(bytes)).toEqual({ id: 5, size: 24, error: 12 });
    expect([...bytes.subarray(4, 8), ...bytes.subarray(12, 16), ...bytes.subarray(20)]).toEqual(
      new Array(12).fill(0),
    );
  });

  it("number messages by service and function", () => {
    expect(messageId(0, 3)).toBe(3);
    expect(messageId(5, 1)).toBe(0x50001);
  });
});
