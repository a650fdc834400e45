import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { CmapValue, ConfigMap } from "../src/index.ts";
import { displayText } from "../src/index.ts";
import { type ConfigCase, configCases } from "./config-cases.ts";
import { knownDifferences } from "./known-differences.ts";
import { outcomeOf, withoutSourcePositions } from "./printed-outcome.ts";

const COMPATIBILITY = new URL("../../../docs/compatibility.md", import.meta.url);

/** Keys that services write when they start, not the configuration. */
const SERVICE_KEYS =
  /^(runtime\.votequorum\.|resources\.(watchdog_timeout|.*\.(state|poll_period|current)) )/;

function printed([key, value]: [key: string, value: CmapValue]): string {
  return `${key} (${value.type}) = ${value.type === "str" ? displayText(value.value) : value.value}`;
}

function keysOf(map: ConfigMap | null): string[] {
  return [...(map ?? [])].map(printed).filter((line) => !SERVICE_KEYS.test(line));
}

const entries = configCases.map((configCase): [string, ConfigCase] => [configCase.id, configCase]);
const started = entries.filter(([, { start }]) => start?.cmap);

/** Whether what a case comes to is what the C daemon said, keys of cmap included. */
function isAsInC(configCase: ConfigCase): boolean {
  const { exit, stderr } = outcomeOf(configCase);
  const recorded = configCase.test;
  if (exit !== recorded.exit || stderr !== withoutSourcePositions(recorded.stderr)) return false;
  const cmap = configCase.start?.cmap?.filter((line) => !SERVICE_KEYS.test(line));
  return cmap === undefined || keysOf(outcomeOf(configCase, false).map).join("\n") === cmap.join("\n");
}

describe("the recorded configurations", () => {
  it("are judged as by the C daemon, but for what is documented", () => {
    const differing = configCases.filter((configCase) => !isAsInC(configCase)).map(({ id }) => id);
    const same = configCases.length - differing.length;
    console.log(`${same} of ${configCases.length} configurations as in C, ${differing.length} as documented`);
    expect(differing.sort()).toEqual(Object.keys(knownDifferences).sort());
    const documentation = readFileSync(COMPATIBILITY, "utf8");
    for (const { documented } of Object.values(knownDifferences)) {
      expect(documentation).toContain(`\n| ${documented}`);
    }
  });

  it("are all there, with every known difference among them", () => {
    expect(configCases).toHaveLength(237);
    expect(started).toHaveLength(89);
    const ids = new Set(configCases.map(({ id }) => id));
    expect(Object.keys(knownDifferences).filter((id) => !ids.has(id))).toEqual([]);
  });

  it.each(entries)("%s: exit code and stderr of -t", (id, configCase) => {
    const { exit, stderr } = outcomeOf(configCase);
    const recorded = { exit: configCase.test.exit, stderr: withoutSourcePositions(configCase.test.stderr) };
    const ours = knownDifferences[id]?.outcome;
    if (ours !== undefined) expect(ours).not.toEqual(recorded);
    expect({ exit, stderr }).toEqual(ours ?? recorded);
  });

  it.each(started.filter(([id]) => knownDifferences[id]?.outcome === undefined))(
    "%s: cmap keys",
    (id, configCase) => {
      const { exit, map } = outcomeOf(configCase, false);
      expect(exit).toBe(0);
      const recorded = configCase.start!.cmap!.filter((line) => !SERVICE_KEYS.test(line));
      const { added, missing } = knownDifferences[id]?.cmap ?? { added: [], missing: [] };
      const ours = keysOf(map);
      expect(ours.filter((line) => !recorded.includes(line))).toEqual(added);
      expect(recorded.filter((line) => !ours.includes(line))).toEqual(missing);
    },
  );

  it("refuses at a start what -t does not look at", () => {
    const priority = configCases.find(({ id }) => id === "sem-priority")!;
    const { exit, stderr } = outcomeOf(priority, false);
    expect(exit).toBe(priority.start!.exit);
    expect(stderr.split("\n").slice(0, -1)).toEqual(
      priority.start!.log_beyond_baseline.map(withoutSourcePositions),
    );
  });
});
