/** The values that govern a ring (spec totem section 5). All of them are positive unless noted. */
export interface TotemConfig {
  readonly tokenTimeoutMs: number;
  /** Percentage of the token timeout after which a missing token is logged; 0 is never. */
  readonly tokenWarningPercent: number;
  readonly tokenRetransmitMs: number;
  readonly tokenRetransmitsBeforeLossConst: number;
  readonly holdMs: number;
  readonly joinMs: number;
  /** Most milliseconds that a join is delayed, at random; 0 is none. */
  readonly sendJoinMs: number;
  readonly consensusMs: number;
  readonly mergeMs: number;
  readonly downcheckMs: number;
  /** Rotations. */
  readonly failRecvConst: number;
  /** Rotations without a message before the representative holds the token. */
  readonly seqnoUnchangedConst: number;
  /** Token visits with a hole before it is requested again. */
  readonly missCountConst: number;
  readonly windowSizePackets: number;
  readonly maxMessagesPackets: number;
  /** 0 turns the heartbeat off. */
  readonly heartbeatFailuresAllowed: number;
  readonly maxNetworkDelayMs: number;
  /** The configured netmtu; the largest totempg packet follows from it (spec totem 2.9). */
  readonly netMtuBytes: number;
  readonly cancelTokenHoldOnRetransmit: boolean;
  readonly blockUnlistedIps: boolean;
  /** Packets of a token visit that are sent after the token; 0 is off (spec totem section 20). */
  readonly acceleratedWindowPackets: number;
  /**
   * Where each new ring begins to count messages and tokens. 0 when left out, and always in a cluster:
   * all members must have the same. Simulations set it close to 2^32, to see the numbers wrap.
   */
  readonly sequenceOrigin?: number;
}

/** What `corosync.conf` may leave out, for rings that are configured in code. */
export type TotemSettings = Partial<TotemConfig>;

/**
 * A complete configuration for a ring of `nodeCount` nodes: the settings given, and Corosync's
 * defaults for the rest (spec totem section 5). `tokenTimeoutMs` is taken as given; the coefficient
 * per node applies to the default only.
 */
export function totemConfig(nodeCount: number, settings: TotemSettings = {}): TotemConfig {
  const retransmits = settings.tokenRetransmitsBeforeLossConst ?? 4;
  const token = settings.tokenTimeoutMs ?? 3000 + Math.max(0, nodeCount - 2) * 650;
  const tokenRetransmitMs = settings.tokenRetransmitMs ?? Math.trunc(token / (retransmits + 0.2));
  return {
    tokenTimeoutMs: token,
    tokenWarningPercent: 75,
    tokenRetransmitMs,
    tokenRetransmitsBeforeLossConst: retransmits,
    holdMs: Math.trunc(tokenRetransmitMs * 0.8 - 10),
    joinMs: 50,
    sendJoinMs: 0,
    // C computes this product in single precision.
    consensusMs: Math.trunc(Math.fround(1.2 * token)),
    mergeMs: 200,
    downcheckMs: 1000,
    failRecvConst: 2500,
    seqnoUnchangedConst: 30,
    missCountConst: 5,
    windowSizePackets: 50,
    maxMessagesPackets: 17,
    heartbeatFailuresAllowed: 0,
    maxNetworkDelayMs: 50,
    netMtuBytes: 1500,
    cancelTokenHoldOnRetransmit: false,
    blockUnlistedIps: true,
    acceleratedWindowPackets: 0,
    ...settings,
  };
}
