import { runInThisContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { Broken, branchCounters, Campaign, instrument, shrink, type Target } from "../src/index.ts";

/** A module's worth of instrumented code that evaluates to `expression`. */
function instrumented<T>(source: string, expression: string, file: string): T {
  branchCounters();
  return runInThisContext(`(() => { ${instrument(source, file)}\nreturn ${expression}; })()`) as T;
}

describe("instrumented code", () => {
  const source = `
    export function kind(n) {
      if (n < 0) return "negative";
      const even = n % 2 === 0 ? "even" : "odd";
      switch (n) { case 7: return "seven"; default: break; }
      for (const x of [1, 2]) if (x === n) return "small";
      let i = 0;
      do i++; while (i < n && i < 3);
      try { if (n === 9) throw 1; } catch { return "caught"; }
      return [n].map((m) => m > 100 ? "large" : even)[0] ?? "none";
    }`.replace("export ", "");
  const file = "packages/none/kind.js";
  const kind = instrumented<(n: number) => string>(source, "kind", file);
  const counters = branchCounters();
  const taken = (n: number): string[] => {
    counters.clear();
    kind(n);
    return counters.branches
      .filter((branch, i) => branch.file === file && counters.hits[i]! > 0)
      .map(({ line, column }) => `${line}:${column}`);
  };

  it("does what it did", () => {
    const plain = runInThisContext(`${source}; kind`) as (n: number) => string;
    for (let n = -1; n < 200; n++) expect(kind(n)).toBe(plain(n));
  });

  it("counts each branch where it stands, and the absent else", () => {
    expect(taken(-1)).toEqual(["2:22", "3:18"]);
    expect(taken(7)).toContain("5:28");
    expect(taken(8)).not.toContain("5:28");
    expect(taken(9).length).not.toBe(taken(11).length);
    expect(taken(8)).not.toEqual(taken(11));
  });
});

function campaignOn(target: Target, seed: number) {
  return new Campaign(target, branchCounters(), seed).run([], {
    seconds: 20,
    executions: 300_000,
    findings: 1,
  });
}

describe("a campaign", () => {
  // Four bytes in a row: 2^32 tries without the branches, a few thousand with them.
  const file = "packages/none/lock.js";
  const source = `function open(b) {
    if (b.length > 3) if (b[0] === 0x70) if (b[1] === 0xc0) if (b[2] === 3) if (b[3] === 77) return true;
    return false;
  }`;
  const open = instrumented<(bytes: Uint8Array) => boolean>(source, "open", file);
  const target: Target = {
    name: "lock",
    covers: [file],
    seeds: [new Uint8Array(6)],
    run: (input) => {
      if (open(input)) throw new Broken("opened");
    },
  };

  it("finds its way to a branch behind branches, and does the same again with the same seed", () => {
    const result = campaignOn(target, 1);
    expect(result.findings.map(({ error }) => error.message)).toEqual(["opened"]);
    expect(result.features.uncovered([file])).toEqual([]);
    expect(campaignOn(target, 1).executions).toBe(result.executions);
    const short = shrink(result.findings[0]!.input, open);
    expect([...short]).toEqual([0x70, 0xc0, 3, 77]);
  });

  it("ends an endless loop, and names its input", () => {
    const loop: Target = {
      name: "loop",
      covers: [],
      seeds: [Uint8Array.of(1)],
      run: (input) => {
        for (;;) if (input[0] !== 1) return;
      },
    };
    const campaign = new Campaign(loop, branchCounters(), 1, { batchMs: 200 });
    const { findings } = campaign.run([], { seconds: 5, executions: 1, findings: 1 });
    expect(findings.map(({ error, input }) => [error.message, [...input]])).toEqual([
      ["does not end within 200 ms", [1]],
    ]);
  });
});
