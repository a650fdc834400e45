import { describe, expect, it } from "vitest";
import { callSite } from "./call-site.ts";

function stack(...frames: string[]): Error {
  const error = new Error("two\nlines");
  error.stack = ["Error: two", "lines", ...frames.map((frame) => `    at ${frame}`)].join("\n");
  return error;
}

describe("callSite", () => {
  it("finds the place where an error was made", () => {
    const site = callSite(new Error("here"));
    expect(site.file).toBe("call-site.test.ts");
    expect(site.line).toBe(12);
  });

  it("skips the functions that hand a text on", () => {
    const error = stack(
      "Object.log (file:///a/b/logger.js:10:3)",
      "CpgEngine.#log (file:///a/b/engine.js:5:3)",
      "CpgEngine.synchronize (file:///a/b/engine.js:99:7)",
    );
    expect(callSite(error)).toEqual({ file: "engine.js", line: 99, function: "synchronize" });
  });

  it("skips frames of Node itself", () => {
    const error = stack("openSync (node:fs:601:3)", "node:internal/x:1:2", "open (/a/files.js:7:1)");
    expect(callSite(error)).toEqual({ file: "files.js", line: 7, function: "open" });
  });

  it("reads frames without a function, with async and with new", () => {
    expect(callSite(stack("file:///a/b/main.js:3:1"))).toEqual({
      file: "main.js",
      line: 3,
      function: "main",
    });
    expect(callSite(stack("async start (/a/b c/start.js:4:1)")).function).toBe("start");
    expect(callSite(stack("new Ring (/a/ring.js:5:1)"))).toEqual({
      file: "ring.js",
      line: 5,
      function: "Ring",
    });
  });

  it("answers something for a stack without frames", () => {
    const error = new Error("x");
    error.stack = "no frames";
    expect(callSite(error)).toEqual({ file: "unknown", line: 0, function: "unknown" });
  });
});
