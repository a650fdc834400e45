import type { RingId } from "../process-group.ts";
import type { TotemBehaviour } from "../totem-behaviour.ts";
import type { CommitToken } from "../wire/commit-token.ts";
import { encodeJoin } from "../wire/join.ts";
import { ORF_TOKEN_BYTES_MAX } from "../wire/orf-token.ts";
import { NO_RING } from "../wire/ring-id-field.ts";
import { newRingCounters } from "./counters.ts";
import { Deadlines, Timer } from "./deadlines.ts";
import type { PacketSource, RingEnvironment } from "./environment.ts";
import { PacketBatch } from "./packet-batch.ts";
import { PacketStore, SORT_QUEUE_SLOTS } from "./packet-store.ts";
import { TokenTimes } from "./token-times.ts";
import type { TotemConfig } from "./totem-config.ts";

/** Where a node is between two rings (spec totem section 4). */
export type MembershipState = "operational" | "gather" | "commit" | "recovery";

/** Why GATHER is entered: the number and the words of the log (spec totem 4.3). */
export const GatherReason = {
  consensusTimeout: [0, "consensus timeout"],
  tokenLostInOperational: [2, "The token was lost in the OPERATIONAL state."],
  consensusTimeoutExpired: [3, "The consensus timeout expired."],
  tokenLostInCommit: [4, "The token was lost in the COMMIT state."],
  tokenLostInRecovery: [5, "The token was lost in the RECOVERY state."],
  failedToReceive: [6, "failed to receive"],
  foreignMessageInOperational: [7, "foreign message in operational state"],
  foreignMessageInGather: [8, "foreign message in gather state"],
  mergeInOperational: [9, "merge during operational state"],
  mergeInGather: [10, "merge during gather state"],
  mergeDuringJoin: [11, "merge during join"],
  joinInOperational: [12, "join during operational state"],
  joinInCommit: [13, "join during commit state"],
  joinInRecovery: [14, "join during recovery"],
  interfaceChange: [15, "interface change"],
} as const;

export type GatherReason = (typeof GatherReason)[keyof typeof GatherReason];

/** The changes of state, so that the modules of the states need not import each other. */
export interface Transitions {
  gather(reason: GatherReason): void;
  commit(token: CommitToken): void;
  recovery(token: CommitToken): void;
  operational(): void;
}

/** Bytes of a mcast header and of the packet that it may encapsulate, on top of a totempg packet. */
const MCAST_HEADERS_BYTES = 2 * 45;

/**
 * The variables of one ring member (spec totem section 4), without their `my_`. The modules beside
 * this file work on it, each for one state or one concern.
 */
export class RingCore {
  state: MembershipState = "operational";
  started = false;
  /** Time of the input being handled, in milliseconds of a monotonic clock. */
  nowMs = 0;

  ringId: RingId = NO_RING;
  oldRingId: RingId = NO_RING;
  /** Highest ring sequence heard of. */
  tokenRingSequence = 0;

  /** Members of the last operational ring, ascending. */
  members: number[] = [];
  processors: number[] = [];
  failed: number[] = [];
  readonly consensus = new Set<number>();
  newMembers: readonly number[] = [];
  transitionalMembers: readonly number[] = [];
  deliverMembers: readonly number[] = [];
  /** Ring sequences that nodes of other rings were heard in while this node looks for a ring. */
  readonly heardSequences = new Map<number, number>();
  /** Nodes whose leave message was heard, for the log of the next membership. */
  readonly leavers = new Set<number>();

  /** The sequence before a ring's first message, and its first token's. */
  readonly sequenceOrigin: number;
  aru: number;
  highSeqReceived: number;
  highDelivered: number;
  lastReleased: number;
  lastAru: number;
  aruCount = 0;
  tokenSeq: number;
  lastSeq = 0;
  seqUnchanged = 0;
  /** Visits in a row with nothing new, nothing missing and no request, and yet packets counted as sent. */
  wrongCounts = 0;
  tokenHeld = false;
  receivedFlg = true;
  /** Packets sent in the last visit (my_trc), previous and current backlog (my_pbl, my_cbl). */
  transmitCount = 0;
  previousBacklog = 0;
  currentBacklog = 0;
  orfTokenDiscard = false;
  originatedOrfToken = false;
  failedToReceive = false;
  waitingTransAck = true;
  thisSeqno: number;
  /** Packets of this visit that are sent after the token (spec totem 20). */
  latePackets = 0;
  /** token.seq of the token this node sent last; bounds requests when accelerated (spec totem 20). */
  lastSentTokenSeq: number;

  /** Snapshot of the old ring, kept until OPERATIONAL (spec totem 7.2). */
  oldRingSaved = false;
  oldAru: number;
  oldHighSeqReceived: number;

  installSeq: number;
  retransFlgCount = 0;
  rotationCounter = 0;
  setRetransFlg = false;
  /** Old-ring sequences that this node still has to multicast in RECOVERY, in order. */
  retransQueue: number[] = [];
  retransQueueHead = 0;
  /** Old-ring sequences that arrived encapsulated since the last visit (spec totem Q7). */
  readonly recoveredSeqs = new Set<number>();

  /** Successor in the ring being formed or installed. */
  tokenTarget = 0;
  /** The last ORF or commit token this node sent or holds (spec totem section 5, "saved token"). */
  savedToken = new Uint8Array(ORF_TOKEN_BYTES_MAX);
  savedTokenView = new DataView(this.savedToken.buffer);
  savedTokenLength = 0;
  lastTokenReceivedMs = 0;
  lastPauseCheckMs = 0;

  regular: PacketStore;
  recovery: PacketStore;
  /** The ring whose normal mcasts `regular` holds (spec totem Q9). */
  regularRingId: RingId = NO_RING;
  batch: PacketBatch;

  readonly counters = newRingCounters();
  readonly tokenTimes = new TokenTimes();
  readonly deadlines: Deadlines;
  transitions!: Transitions;
  /** Largest totempg packet (net_mtu of spec totem 2.9). */
  readonly netMtuBytes: number;
  /** 0 when the heartbeat is off. */
  readonly heartbeatMs: number;
  /** Packets of a visit that may follow the token (spec totem section 20). */
  acceleratedWindowPackets: number;
  /** Callbacks that run after each token visit, newest first (spec totem 14.4). */
  readonly tokenSent: (() => void)[] = [];

  constructor(
    readonly nodeId: number,
    public config: TotemConfig,
    readonly environment: RingEnvironment,
    readonly source: PacketSource,
    /** Bytes that sealing and the IP and UDP headers take from netmtu; 0 without encryption. */
    envelopeBytes: number,
    readonly behaviour: TotemBehaviour,
  ) {
    this.netMtuBytes = config.netMtuBytes - MCAST_HEADERS_BYTES - envelopeBytes;
    const strideBytes = (this.netMtuBytes + MCAST_HEADERS_BYTES + 7) & ~7;
    const origin = config.sequenceOrigin ?? 0;
    this.sequenceOrigin = origin;
    this.thisSeqno = origin | 0;
    this.tokenSeq = (origin - 1) >>> 0;
    this.aru = this.highSeqReceived = this.highDelivered = origin;
    this.lastReleased = this.lastAru = this.lastSentTokenSeq = this.installSeq = origin;
    this.oldAru = this.oldHighSeqReceived = origin;
    this.regular = new PacketStore(strideBytes, origin);
    this.recovery = new PacketStore(strideBytes, origin);
    this.batch = packetBatch(config);
    this.heartbeatMs = heartbeatMs(config);
    this.acceleratedWindowPackets = acceleratedWindow(config);
    this.deadlines = new Deadlines((deadlineMs) => environment.wakeAt(deadlineMs));
  }

  /**
   * Values for the time from now on; timers that run keep their deadlines. netmtu stays, and with it
   * the heartbeat, which is computed once at start (spec totem section 5).
   */
  reconfigure(config: TotemConfig): void {
    const { missCountConst, acceleratedWindowPackets } = this.config;
    this.config = config;
    this.batch = packetBatch(config);
    this.acceleratedWindowPackets = acceleratedWindow(config);
    if (
      config.missCountConst !== missCountConst ||
      config.acceleratedWindowPackets !== acceleratedWindowPackets
    ) {
      this.logIgnoredAcceleration();
    }
  }

  /** Says, once for each configuration, that `accelerated_window` has no effect. */
  logIgnoredAcceleration(): void {
    const { missCountConst, acceleratedWindowPackets } = this.config;
    if (this.acceleratedWindowPackets === acceleratedWindowPackets) return;
    this.log(
      "warning",
      `accelerated_window ${acceleratedWindowPackets} is ignored: with miss_count_const ${missCountConst} others ask again for packets that are still on their way; it takes at least ${ACCELERATION_MISS_COUNT_MIN}.`,
    );
  }

  get isRepresentative(): boolean {
    return this.ringId.representative === this.nodeId;
  }

  get retransQueueLength(): number {
    return this.retransQueue.length - this.retransQueueHead;
  }

  log(level: Parameters<RingEnvironment["log"]>[0], text: string): void {
    this.environment.log(level, text);
  }

  armTokenTimers(): void {
    const { config, deadlines, nowMs } = this;
    deadlines.arm(Timer.token, nowMs + config.tokenTimeoutMs);
    if (config.tokenWarningPercent > 0) deadlines.arm(Timer.tokenWarning, nowMs + this.tokenWarningMs);
  }

  get tokenWarningMs(): number {
    return Math.max(1, Math.trunc((this.config.tokenWarningPercent * this.config.tokenTimeoutMs) / 100));
  }

  armTokenRetransmit(): void {
    this.deadlines.arm(Timer.tokenRetransmit, this.nowMs + this.config.tokenRetransmitMs);
  }

  /** Replaces the saved token by a packet that was just encoded. */
  saveToken(packet: Uint8Array): void {
    if (packet.length > this.savedToken.length) {
      this.savedToken = new Uint8Array(packet.length);
      this.savedTokenView = new DataView(this.savedToken.buffer);
    }
    this.savedToken.set(packet);
    this.savedTokenLength = packet.length;
  }

  /** Sends the saved token to the successor; false when that is not a configured member. */
  sendSavedToken(): boolean {
    return this.environment.sendToken(this.tokenTarget, this.savedToken, this.savedTokenLength);
  }

  /** Multicasts a join with the present lists (spec totem 6.2). */
  sendJoin(): void {
    this.counters.memb_join_tx++;
    this.environment.multicastControl(
      encodeJoin({
        systemFrom: this.nodeId,
        leave: false,
        processors: this.processors,
        failed: this.failed,
        ringSequence: this.ringId.sequence,
      }),
    );
  }

  /** Advances aru over what is present without a hole. */
  advanceAru(store: PacketStore): void {
    while (this.aru !== this.highSeqReceived) {
      const next = (this.aru + 1) >>> 0;
      if (!store.has(next)) return;
      this.aru = next;
    }
  }
}

function packetBatch({ maxMessagesPackets }: TotemConfig): PacketBatch {
  return new PacketBatch(Math.min(maxMessagesPackets, SORT_QUEUE_SLOTS));
}

/**
 * Members of one cluster share `miss_count_const` through their configuration, and one that asks for a
 * message after fewer visits takes late packets for lost ones (measured: spec totem section 20).
 */
const ACCELERATION_MISS_COUNT_MIN = 3;

function acceleratedWindow({ acceleratedWindowPackets, missCountConst }: TotemConfig): number {
  return missCountConst < ACCELERATION_MISS_COUNT_MIN ? 0 : acceleratedWindowPackets;
}

/** The heartbeat is off unless allowed, and when it would not beat the token timeout (spec totem section 5). */
function heartbeatMs(config: TotemConfig): number {
  if (config.heartbeatFailuresAllowed === 0) return 0;
  const total = config.heartbeatFailuresAllowed * config.tokenRetransmitMs + config.maxNetworkDelayMs;
  return total >= config.tokenTimeoutMs ? 0 : total;
}
