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

type Switch = { [K in keyof TotemConfig]-?: TotemConfig[K] extends boolean ? K : never }[keyof TotemConfig];

const SWITCHES: Readonly<Record<Switch, true>> = {
  cancelTokenHoldOnRetransmit: true,
  blockUnlistedIps: true,
};

/**
 * The configuration of a ring of so many members.
 * @throws RangeError for a setting that there is not, one out of Corosync's limits, or one that is
 *   derived from it
 */
export function ringConfig(memberCount: number, settings: TotemSettings): TotemConfig {
  for (const name of Object.keys(settings)) {
    const known = Object.hasOwn(LIMITS, name) || Object.hasOwn(SWITCHES, name) || name === "sequenceOrigin";
    if (!known) throw new RangeError(`settings: a ring has no setting "${name}"`);
  }
  const config = totemConfig(memberCount, settings);
  checkLimits(config);
  for (const name of Object.keys(SWITCHES)) {
    const value = config[name as Switch];
    if (typeof value !== "boolean") throw new RangeError(`settings: ${name} is ${value}, not true or false`);
  }
  checkRelations(config);
  return config;
}

function checkLimits(config: TotemConfig): void {
  for (const [name, limits] of Object.entries(LIMITS)) {
    checkWholeNumber(name, config[name as keyof typeof LIMITS], limits);
  }
  checkWholeNumber("sequenceOrigin", config.sequenceOrigin ?? 0, [0, U32_MAX]);
}

function checkWholeNumber(
  name: string,
  value: number,
  [least, greatest]: readonly [least: number, greatest: number],
): void {
  if (Number.isInteger(value) && value >= least && value <= greatest) return;
  throw new RangeError(
    `settings: ${name} is ${value}, which is no whole number from ${least} to ${greatest}`,
  );
}

function checkRelations({ consensusMs, joinMs, tokenRetransmitMs, tokenTimeoutMs }: TotemConfig): void {
  if (consensusMs < joinMs) {
    throw new RangeError(`settings: consensusMs ${consensusMs} is less than joinMs ${joinMs}`);
  }
  if (tokenRetransmitMs >= tokenTimeoutMs) {
    throw new RangeError(
      `settings: tokenRetransmitMs ${tokenRetransmitMs} is not less than tokenTimeoutMs ${tokenTimeoutMs}`,
    );
  }
}
