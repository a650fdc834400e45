export { compare, comparisonCells, median } from "./comparison.ts";
export { topSelfTimes } from "./cpu-profile.ts";
