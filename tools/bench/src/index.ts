export { compare, comparisonCells, median } from "./comparison.ts";
export { selfTimes } from "./cpu-profile.ts";
