import type { Random } from "./random.ts";

const FRAGMENTS = [
  "{",
  "}",
  ":",
  "#",
  " ",
  "\t",
  "\r",
  "::",
  "{}",
  "} }",
  "\u00a0",
  "\u00ff",
  ".",
  "/",
  "\\",
  '"',
];
const LINES = [
  "}",
  "{",
  "section {",
  "word",
  "# comment {",
  ": value",
  "::",
  "key:",
  "totem {",
  "a b: c",
  "x: y",
  "\u00e9t\u00e9: 1",
  "}  # end",
  "node { }",
  `${"k".repeat(240)}: v`,
  `${"l".repeat(508)}: `,
  `#${"c".repeat(509)}`,
  `#${"c".repeat(510)}`,
  `v: ${"w".repeat(507)}`,
];
const ENDINGS = ["\n", "\n", "\n", "\n", "\n", "\n", "\r\n"];

/** The file of these lines, some of them changed, and now and then some bytes too. */
export function mutated(lines: readonly string[], random: Random): Uint8Array {
  const changed = [...lines];
  for (let count = random.chance(0.75) ? 0 : 1 + random.below(2); count > 0; count--)
    mutateLines(changed, random);
  const text = changed.join(random.pick(ENDINGS)) + (random.chance(0.95) ? "\n" : "");
  const bytes = new TextEncoder().encode(text);
  return random.chance(0.03) ? withOtherBytes(bytes, random) : bytes;
}

function mutateLines(lines: string[], random: Random): void {
  const at = random.below(lines.length + 1);
  switch (random.below(7)) {
    case 0:
      lines.splice(at, 1);
      return;
    case 1:
      lines.splice(at, 0, random.pick(LINES));
      return;
    case 2:
      lines.splice(at, 0, lines[random.below(lines.length)] ?? "");
      return;
    case 3: {
      const other = random.below(lines.length);
      const line = lines[at] ?? "";
      lines[at] = lines[other] ?? "";
      lines[other] = line;
      return;
    }
    default: {
      const line = lines[at] ?? "";
      const place = random.below(line.length + 1);
      const length = random.below(3);
      const inserted = random.chance(0.7) ? random.pick(FRAGMENTS) : "";
      lines[at] = line.slice(0, place) + inserted + line.slice(place + length);
    }
  }
}

/** Any byte but NUL, where C stops reading the line and we refuse it. */
function withOtherBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice();
  for (let count = 1 + random.below(3); count > 0; count--)
    changed[random.below(changed.length)] = 1 + random.below(255);
  return changed;
}
