import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { KNOWN_DIFFERENCES } from "./known-differences.ts";

describe("the known differences", () => {
  it.each(KNOWN_DIFFERENCES.map(({ name }) => [name]))("tells users: %s", (name) => {
    const page = readFileSync(new URL("../../../docs/compatibility.md", import.meta.url), "utf8");
    expect(page).toContain(`\n| ${name}`);
  });
});
