import type { QueueLevel } from "../process-group.ts";

/**
 * The level of a queue that is `usedPercent` full. Between the bands the previous level stands, so that
 * a queue at the edge of one does not make it flap (spec totem 14.6).
 */
export function nextQueueLevel(previous: QueueLevel, usedPercent: number): QueueLevel {
  if (usedPercent >= 75) return "critical";
  if (usedPercent < 30) return "low";
  if (usedPercent > 40 && usedPercent < 50) return "good";
  if (usedPercent > 60 && usedPercent < 70) return "high";
  return previous;
}
