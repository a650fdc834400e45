import { expect, it } from "vitest";
import { boundedWriter } from "./background.ts";

it("drops what a parent that does not read leaves waiting, and says how much when it reads again", () => {
  const texts: string[] = [];
  const waiting: (() => void)[] = [];
  const write = boundedWriter((text, sent) => {
    texts.push(text);
    waiting.push(sent);
  }, 3);
  for (let i = 0; i < 10; i++) write(`${i}\n`);
  expect(texts).toEqual(["0\n", "1\n", "2\n"]);
  for (const sent of waiting.splice(0)) sent();
  write("10\n");
  write("11\n");
  expect(texts.slice(3)).toEqual(["7 messages were dropped: nobody took them\n", "10\n", "11\n"]);
});
