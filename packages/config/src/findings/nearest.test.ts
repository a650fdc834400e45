import { describe, expect, it } from "vitest";
import { nearest } from "./nearest.ts";

describe("nearest", () => {
  it.each([
    ["aes265", ["none", "aes256", "aes192"], "aes256"],
    ["tokn", ["token", "join", "token_warning"], "token"],
    ["Off", ["on", "off"], "off"],
    ["yess", ["yes", "no"], "yes"],
    ["wanr", ["alert", "info", "warning"], "warning"],
    ["warn", ["alert", "warning"], "warning"],
    ["ifno", ["info", "notice"], "info"],
    ["transprot", ["transport", "threads"], "transport"],
    ["a-word-of-its-own", ["token", "join"], null],
    ["x", ["no", "on"], null],
  ])("%s: %j gives %j", (word, candidates, wanted) => {
    expect(nearest(word, candidates)).toBe(wanted);
  });
});
