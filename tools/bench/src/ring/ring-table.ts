import { median } from "../comparison.ts";
import { MEASURES, type Measure, type RingSample } from "./ring-measures.ts";

/** Samples of one number of nodes, by contender: the last one is what the others are compared with. */
export interface RingResult {
  readonly nodes: number;
  readonly samples: ReadonlyMap<string, readonly RingSample[]>;
}

/** Rows of cells, titles first: medians with range in milliseconds, and ratios to the last contender. */
export function ringCells(results: readonly RingResult[], contenders: readonly string[]): string[][] {
  const compared = contenders.slice(0, -1);
  const titles = [
    "",
    "nodes",
    ...contenders.map((name) => `${name} ms`),
    ...compared.map((name) => `${name} : ${contenders.at(-1)}`),
  ];
  const rows = results.flatMap((result) =>
    (Object.keys(MEASURES) as Measure[]).flatMap((measure) => {
      const values = contenders.map((name) => valuesOf(result, name, measure));
      if (values.every((list) => list.length === 0)) return [];
      const reference = values.at(-1)!;
      const ratios = values.slice(0, -1).map((list) => ratio(list, reference));
      return [[MEASURES[measure], String(result.nodes), ...values.map(summary), ...ratios]];
    }),
  );
  return [titles, ...rows];
}

function valuesOf({ samples }: RingResult, contender: string, measure: Measure): number[] {
  return (samples.get(contender) ?? []).flatMap(({ milliseconds }) => milliseconds[measure] ?? []);
}

function summary(values: readonly number[]): string {
  if (values.length === 0) return "-";
  if (values.length === 1) return digits(values[0]!);
  return `${digits(median(values))} (${digits(Math.min(...values))}..${digits(Math.max(...values))})`;
}

function ratio(values: readonly number[], reference: readonly number[]): string {
  if (values.length === 0 || reference.length === 0) return "-";
  return (median(values) / median(reference)).toFixed(2);
}

/** Three digits that count. */
function digits(milliseconds: number): string {
  if (milliseconds >= 100) return milliseconds.toFixed(0);
  return milliseconds.toFixed(milliseconds >= 10 ? 1 : 2);
}
