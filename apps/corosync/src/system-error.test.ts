import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { systemErrorText } from "./system-error.ts";

function failure(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return null;
}

describe("systemErrorText", () => {
  it("gives C's words and number", async () => {
    expect(systemErrorText(failure(() => readFileSync("/nonexistent")))).toBe(
      "No such file or directory (2)",
    );
    expect(systemErrorText(failure(() => readFileSync("/")))).toBe("Is a directory (21)");
    const socketError = await new Promise((resolve) => {
      const socket = createSocket("udp4");
      socket.once("error", (error) => {
        socket.close();
        resolve(error);
      });
      socket.bind({ address: "203.0.113.1", port: 0, exclusive: true });
    });
    expect(systemErrorText(socketError)).toBe("Address not available (99)");
  });

  it("shows other errors as they are", () => {
    expect(systemErrorText(new Error("plain"))).toBe("plain");
    expect(systemErrorText("text")).toBe("text");
  });
});
