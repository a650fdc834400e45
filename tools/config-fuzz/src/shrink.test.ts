import { describe, expect, it } from "vitest";
import { shrunk } from "./shrink.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("shrunk", () => {
  it("leaves the lines that the fault needs", async () => {
    const file = bytes(Array.from({ length: 50 }, (_, line) => `line ${line}\n`).join(""));
    const needs = async (one: Uint8Array) => /line 7\n(.|\n)*line 31\n/.test(new TextDecoder().decode(one));
    expect(await shrunk(file, needs)).toEqual(bytes("line 7\nline 31\n"));
  });
});
