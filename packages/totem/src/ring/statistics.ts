import { newRingCounters } from "./counters.ts";
import { Timer } from "./deadlines.ts";
import type { RingCore } from "./ring-core.ts";

/** How often the means are computed (spec totem section 18). */
export const STATISTICS_INTERVAL_MS = 1500;
/** More of these in a row mean that something local keeps this node alone (spec totem 15.2). */
const SEND_FAILURES_MAX = 30;
const CONTINUOUS_GATHERS_MAX = 3;

export function statisticsTimerExpired(core: RingCore): void {
  const { counters } = core;
  core.tokenTimes.measure(counters, core.nowMs);
  const gathering = counters.continuous_gather > CONTINUOUS_GATHERS_MAX;
  const failing = counters.continuous_sendmsg_failures > SEND_FAILURES_MAX;
  counters.firewall_enabled_or_nic_failure = gathering || failing ? 1 : 0;
  if (gathering || failing) {
    const reason = gathering
      ? "totem is continuously in gather state"
      : "number of multicast sendmsg failures is above threshold";
    core.log(
      "warning",
      `Totem is unable to form a cluster because of an operating system or network fault (reason: ${reason}). The most common cause of this message is that the local firewall is configured improperly.`,
    );
  }
  core.deadlines.arm(Timer.statistics, core.nowMs + STATISTICS_INTERVAL_MS);
}

/** Begins all counters anew. */
export function clearCounters(core: RingCore): void {
  Object.assign(core.counters, newRingCounters());
  core.tokenTimes.clear();
}
