// @ts-check

/**
 * @typedef {object} Totals
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/**
 * Counts a vitest run from its JSON report.
 *
 * @param {string} report text of the report; empty when vitest ended before it wrote one
 * @param {number} exitCode of vitest
 * @returns {Totals} with at least one failure whenever vitest failed, be it in a hook, in a file
 *   that did not load, or in vitest itself
 */
export function countRun(report, exitCode) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const file of parseReport(report)) {
    const before = totals.failed;
    for (const { status } of file.assertionResults ?? []) {
      if (status === "passed") totals.passed++;
      else if (status === "failed") totals.failed++;
      else totals.skipped++;
    }
    if (file.status === "failed" && totals.failed === before) totals.failed++;
  }
  if (exitCode !== 0 && totals.failed === 0) totals.failed = 1;
  return totals;
}

/**
 * @param {Totals[]} runs
 * @returns {string} the closing line, such as `12 passed, 0 failed`
 */
export function closingLine(runs) {
  const sum = (/** @type {keyof Totals} */ key) => runs.reduce((total, run) => total + run[key], 0);
  const skipped = sum("skipped");
  return `${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/**
 * @typedef {object} FileReport
 * @property {string} status
 * @property {Array<{ status: string }>} [assertionResults]
 */

/**
 * @param {string} report
 * @returns {FileReport[]}
 */
function parseReport(report) {
  try {
    return JSON.parse(report).testResults ?? [];
  } catch {
    return [];
  }
}
