import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { describe, expect, it } from "vitest";
import { errorNumber, strerror, strerrorWithNumber } from "./strerror.ts";

const failure = (code: string) => Object.assign(new Error(`${code}: as node words it`), { code });

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("strerror", () => {
  it("gives C's words for what Node throws", () => {
    expect(strerror(thrownBy(() => readFileSync("/nonexistent")))).toBe("No such file or directory");
    expect(strerror(thrownBy(() => readFileSync("/")))).toBe("Is a directory");
    expect(strerror(failure("ENOSPC"))).toBe("No space left on device");
  });

  it("calls a path that Node refuses by itself an invalid argument", () => {
    expect(strerror(thrownBy(() => readFileSync("a\0b")))).toBe("Invalid argument");
  });

  it("gives them for what Node's os module throws, too", () => {
    const error = thrownBy(() => setPriority(2 ** 31 - 1, 0));
    expect(strerror(error)).toBe("No such process");
    expect(strerrorWithNumber(error)).toBe("No such process (3)");
  });

  it("falls back to the message", () => {
    expect(strerror(failure("EUNHEARDOF"))).toBe("EUNHEARDOF: as node words it");
    expect(strerror(new Error("plain"))).toBe("plain");
    expect(strerror("thrown text")).toBe("thrown text");
  });

  it("has the words of this system's C library", () => {
    const codes = Object.keys(constants.errno).filter(
      (code) => strerror(failure(code)) !== failure(code).message,
    );
    expect(codes.length).toBeGreaterThan(40);
    const numbers = codes.map((code) => constants.errno[code as keyof typeof constants.errno]);
    // perl's $! is strerror, and perl is part of every Debian.
    const script = '$ENV{LC_ALL}="C"; for (@ARGV) { $! = $_; print "$!\n" }';
    const { stdout } = spawnSync("perl", ["-e", script, ...numbers.map(String)], { encoding: "utf8" });
    expect(codes.map((code) => strerror(failure(code)))).toEqual(stdout.trimEnd().split("\n"));
  });
});

describe("strerrorWithNumber", () => {
  it("adds the number", async () => {
    expect(strerrorWithNumber(thrownBy(() => readFileSync("/")))).toBe("Is a directory (21)");
    const socketError = await new Promise((resolve) => {
      const socket = createSocket("udp4");
      socket.once("error", (error) => {
        socket.close();
        resolve(error);
      });
      socket.bind({ address: "203.0.113.1", port: 0, exclusive: true });
    });
    expect(strerrorWithNumber(socketError)).toBe("Cannot assign requested address (99)");
  });

  it("shows other errors as they are", () => {
    expect(strerrorWithNumber(new Error("plain"))).toBe("plain");
    expect(strerrorWithNumber("text")).toBe("text");
    expect(errorNumber(new Error("plain"))).toBe(0);
  });
});
