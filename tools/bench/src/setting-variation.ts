import { BenchCluster } from "./bench-cluster.ts";
import type { BenchOptions } from "./bench-options.ts";
import { median } from "./comparison.ts";

/** A rate that was measured with one value of the setting. */
export interface VariationSample {
  readonly value: string;
  readonly sizeBytes: number;
  readonly messagesPerSecond: number;
}

/** Our clusters, one for each value of a setting, stay up and are measured in turn. */
export async function measureVariation(
  key: string,
  values: readonly string[],
  { totem, realTime, rounds, sizesBytes, seconds, senders }: BenchOptions,
): Promise<VariationSample[]> {
  const clusters: { readonly value: string; readonly cluster: BenchCluster }[] = [];
  try {
    for (const value of values) {
      const cluster = await BenchCluster.start("ts", { totem: { ...totem, [key]: value }, realTime });
      clusters.push({ value, cluster });
    }
    const samples: VariationSample[] = [];
    for (let round = 1; round <= rounds; round++) {
      console.error(`round ${round} of ${rounds}`);
      // Another one goes first in each round.
      const shift = round % clusters.length;
      const order = [...clusters.slice(shift), ...clusters.slice(0, shift)];
      for (const sizeBytes of sizesBytes) {
        for (const { value, cluster } of order) {
          const { messagesPerSecond } = await cluster.measure(sizeBytes, seconds, senders);
          samples.push({ value, sizeBytes, messagesPerSecond });
        }
      }
    }
    return samples;
  } finally {
    for (const { cluster } of clusters) await cluster[Symbol.asyncDispose]();
  }
}

/** Medians as cells, titles first: each rate with its ratio to that of the first value. */
export function variationCells(
  key: string,
  values: readonly string[],
  samples: readonly VariationSample[],
): string[][] {
  const sizes = [...new Set(samples.map(({ sizeBytes }) => sizeBytes))];
  const rows = sizes.map((sizeBytes) => {
    const rates = values.map((value) =>
      median(
        samples
          .filter((sample) => sample.value === value && sample.sizeBytes === sizeBytes)
          .map(({ messagesPerSecond }) => messagesPerSecond),
      ),
    );
    const cells = rates.map((rate) => `${Math.round(rate)} (${(rate / rates[0]!).toFixed(2)})`);
    return [`${sizeBytes} B`, ...cells];
  });
  return [["size", ...values.map((value) => `${key} ${value}`)], ...rows];
}
