import { describe, expect, it } from "vitest";
import { closingLine, countRun } from "./totals.mjs";

function report(...files: Array<{ status: string; tests: string[] }>): string {
  return JSON.stringify({
    testResults: files.map(({ status, tests }) => ({
      status,
      assertionResults: tests.map((test) => ({ status: test })),
    })),
  });
}

describe("countRun", () => {
  it("adds up the tests of all files", () => {
    const text = report(
      { status: "passed", tests: ["passed", "passed", "skipped"] },
      { status: "failed", tests: ["passed", "failed", "todo"] },
    );
    expect(countRun(text, 1)).toEqual({ passed: 3, failed: 1, skipped: 2 });
  });

  it("counts a file that did not load as a failure", () => {
    const text = report({ status: "failed", tests: [] }, { status: "passed", tests: ["passed"] });
    expect(countRun(text, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it("counts a failed hook behind passing tests as a failure", () => {
    expect(countRun(report({ status: "failed", tests: ["passed"] }), 1)).toMatchObject({ failed: 1 });
  });

  it("never turns a failing vitest into a passing run", () => {
    expect(countRun(report({ status: "passed", tests: ["passed"] }), 1)).toMatchObject({ failed: 1 });
    expect(countRun("", 1)).toMatchObject({ failed: 1 });
    expect(countRun("{", 137)).toMatchObject({ failed: 1 });
  });
});

describe("closingLine", () => {
  it("sums the runs", () => {
    const runs = [
      { passed: 2, failed: 0, skipped: 0 },
      { passed: 3, failed: 1, skipped: 0 },
    ];
    expect(closingLine(runs)).toBe("5 passed, 1 failed");
  });

  it("mentions what was skipped", () => {
    expect(closingLine([{ passed: 2, failed: 0, skipped: 4 }])).toBe("2 passed, 0 failed, 4 skipped");
  });
});
