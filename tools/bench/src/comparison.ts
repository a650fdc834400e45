import type { DaemonKind } from "@corosync/lab";
import type { Measurement } from "./bench-cluster.ts";

/** What was measured with one kind of daemon at one size. */
export interface Sample {
  readonly kind: DaemonKind;
  readonly sizeBytes: number;
  readonly measurement: Measurement;
}

export interface ComparisonRow {
  readonly sizeBytes: number;
  readonly ours: Summary | undefined;
  readonly c: Summary | undefined;
  /** Ours against C in messages per second; undefined when one of them was not measured. */
  readonly ratio: number | undefined;
}

/** Medians over the rounds, and the range of the rate. */
export interface Summary {
  readonly messagesPerSecond: number;
  readonly lowest: number;
  readonly highest: number;
  readonly megabytesPerSecond: number;
  readonly senderCpuMicroseconds: number;
}

/** The middle value, or the mean of the two in the middle. @throws RangeError for no values. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("median of nothing");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function compare(samples: readonly Sample[], sizesBytes: readonly number[]): ComparisonRow[] {
  return sizesBytes.map((sizeBytes) => {
    const ours = summarise(samples, "ts", sizeBytes);
    const c = summarise(samples, "c", sizeBytes);
    const ratio =
      ours === undefined || c === undefined ? undefined : ours.messagesPerSecond / c.messagesPerSecond;
    return { sizeBytes, ours, c, ratio };
  });
}

function summarise(samples: readonly Sample[], kind: DaemonKind, sizeBytes: number): Summary | undefined {
  const measurements = samples
    .filter((sample) => sample.kind === kind && sample.sizeBytes === sizeBytes)
    .map((sample) => sample.measurement);
  if (measurements.length === 0) return undefined;
  const rates = measurements.map((measurement) => measurement.messagesPerSecond);
  return {
    messagesPerSecond: median(rates),
    lowest: Math.min(...rates),
    highest: Math.max(...rates),
    megabytesPerSecond: median(measurements.map((measurement) => measurement.megabytesPerSecond)),
    senderCpuMicroseconds: median(measurements.map((measurement) => measurement.senderCpuMicroseconds)),
  };
}

const TITLES = ["size", "ours msg/s", "MB/s", "CPU µs/msg", "C msg/s", "MB/s", "CPU µs/msg", "ratio"];

/** The comparison as cells, titles first. */
export function comparisonCells(rows: readonly ComparisonRow[]): string[][] {
  const cells = rows.map((row) => [
    `${row.sizeBytes} B`,
    ...summaryCells(row.ours),
    ...summaryCells(row.c),
    row.ratio === undefined ? "-" : row.ratio.toFixed(2),
  ]);
  return [[...TITLES], ...cells];
}

function summaryCells(summary: Summary | undefined): string[] {
  if (summary === undefined) return ["-", "-", "-"];
  const range = `${rate(summary.lowest)}..${rate(summary.highest)}`;
  return [
    `${rate(summary.messagesPerSecond)} (${range})`,
    summary.megabytesPerSecond.toFixed(1),
    summary.senderCpuMicroseconds.toFixed(1),
  ];
}

function rate(messagesPerSecond: number): string {
  return Math.round(messagesPerSecond).toLocaleString("en").replaceAll(",", " ");
}
