import { expect, it } from "vitest";
import { runStress } from "../src/index.ts";

/** The same run again: COROSYNC_STRESS_SEED; another length: COROSYNC_STRESS_MINUTES. */
const seed = Number(process.env["COROSYNC_STRESS_SEED"] ?? Math.floor(Math.random() * 1e9));
const minutes = Number(process.env["COROSYNC_STRESS_MINUTES"] ?? 5);
/** For start, settling and the comparison of what all have seen. */
const MARGIN_MS = 300_000;

it(`2 C and 3 of ours agree after ${minutes} minutes of kills, pauses, partitions and loss, seed ${seed}`, {
  timeout: minutes * 60_000 + MARGIN_MS,
}, async () => {
  // One order everywhere, and virtual synchrony between ours: `npm run stress` compares all with all.
  const { findings, journal, messages, rings } = await runStress({ seed, minutes, synchronyWithC: false });
  const replay = `npm run stress -- --minutes ${minutes} --seed ${seed}`;
  expect(findings, `${replay}\n${findings.join("\n")}\n${journal.join("\n")}`).toEqual([]);
  // Every node has said something, on more rings than one.
  expect(messages).toBeGreaterThan(minutes * 60);
  expect(rings).toBeGreaterThan(minutes);
});
