import { describe, expect, it } from "vitest";
import { strerror } from "./strerror.ts";

const failure = (code: string) => Object.assign(new Error(`${code}: as node words it`), { code });

describe("strerror", () => {
  it("gives C's words for errors of files", () => {
    expect(strerror(failure("EACCES"))).toBe("Permission denied");
    expect(strerror(failure("EISDIR"))).toBe("Is a directory");
    expect(strerror(failure("ENOSPC"))).toBe("No space left on device");
  });

  it("falls back to the message", () => {
    expect(strerror(failure("EUNHEARDOF"))).toBe("EUNHEARDOF: as node words it");
    expect(strerror(new Error("plain"))).toBe("plain");
    expect(strerror("thrown text")).toBe("thrown text");
  });
});
