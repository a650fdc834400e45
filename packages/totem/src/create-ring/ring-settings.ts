import { type TotemConfig, type TotemSettings, totemConfig } from "../ring/totem-config.ts";

const U32_MAX = 0xffffffff;
/** Corosync's least timeout (spec totem section 5). */
const TIMEOUT_MIN_MS = 30;

/** Least and greatest of each setting that is a number. */
const LIMITS: {
  readonly [K in keyof TotemConfig as TotemConfig[K] extends number ? K : never]: readonly [number, number];
} = {
  tokenTimeoutMs: [TIMEOUT_MIN_MS, U32_MAX],
  tokenWarningPercent: [0, 100],
  tokenRetransmitMs: [TIMEOUT_MIN_MS, U32_MAX],
  tokenRetransmitsBeforeLossConst: [1, U32_MAX],
  holdMs: [14, U32_MAX],
  joinMs: [TIMEOUT_MIN_MS, U32_MAX],
  sendJoinMs: [0, U32_MAX],
  consensusMs: [TIMEOUT_MIN_MS, U32_MAX],
  mergeMs: [TIMEOUT_MIN_MS, U32_MAX],
  downcheckMs: [TIMEOUT_MIN_MS, U32_MAX],
  failRecvConst: [1, U32_MAX],
  seqnoUnchangedConst: [1, U32_MAX],
  missCountConst: [1, U32_MAX],
  windowSizePackets: [1, 16_384],
  maxMessagesPackets: [1, 16_384],
  heartbeatFailuresAllowed: [0, U32_MAX],
  maxNetworkDelayMs: [TIMEOUT_MIN_MS, U32_MAX],
  netMtuBytes: [576, 65_500],
  acceleratedWindowPackets: [0, 16_384],
};

/**
 * The configuration of a ring of so many members.
 * @throws RangeError for a setting out of Corosync's limits, or one that is derived from it
 */
export function ringConfig(memberCount: number, settings: TotemSettings): TotemConfig {
  const config = totemConfig(memberCount, settings);
  for (const [name, [least, greatest]] of Object.entries(LIMITS)) {
    const value = config[name as keyof typeof LIMITS];
    if (!Number.isInteger(value) || value < least || value > greatest) {
      throw new RangeError(
        `settings: ${name} is ${value}, which is no whole number from ${least} to ${greatest}`,
      );
    }
  }
  const { consensusMs, joinMs } = config;
  if (consensusMs < joinMs) {
    throw new RangeError(`settings: consensusMs ${consensusMs} is less than joinMs ${joinMs}`);
  }
  return config;
}
