import { type ByteSpan, CodecError } from "@corosync/codec";
import type { RingId } from "../process-group.ts";
import { TOTEM_BEHAVIOUR, type TotemBehaviour } from "../totem-behaviour.ts";
import { checkHeader, HeaderFault, PacketType } from "../wire/header.ts";
import { describeHeaderFault } from "../wire/header-fault.ts";
import { decodeHoldCancel, encodeHoldCancel } from "../wire/hold-cancel.ts";
import { decodeMergeDetect } from "../wire/merge-detect.ts";
import { sameRing } from "../wire/ring-id-field.ts";
import { enterCommit, forwardCommitToken, receiveCommitToken } from "./commit.ts";
import type { RingCounters } from "./counters.ts";
import { Timer } from "./deadlines.ts";
import { receiveMcast } from "./delivery.ts";
import type { PacketSource, RingEnvironment } from "./environment.ts";
import { enterGather, foreignTraffic, interfaceChanged, receiveJoin, sendLeave } from "./gather.ts";
import { enterOperational } from "./operational.ts";
import { enterRecovery } from "./recovery.ts";
import { GatherReason, type MembershipState, RingCore } from "./ring-core.ts";
import { observeRing, type RingObservation } from "./ring-observation.ts";
import { clearCounters, STATISTICS_INTERVAL_MS } from "./statistics.ts";
import { timerExpired, tokenLost } from "./timer-expiry.ts";
import { receiveOrfToken } from "./token-visit.ts";
import type { TotemConfig } from "./totem-config.ts";

/**
 * The Totem single-ring protocol as a machine: packets, time and timers in; packets, deliveries and
 * configuration changes out, through `RingEnvironment`. After Amir, Moser, Melliar-Smith, Agarwal and
 * Ciarfella, "The Totem Single-Ring Ordering and Membership Protocol", ACM TOCS 13(4), 1995, as
 * Corosync 3.1.7 speaks it.
 */
export class Ring {
  private readonly core: RingCore;

  /**
   * @param envelopeBytes bytes of each packet that are lost to sealing and outer headers; 0 without encryption
   */
  constructor(
    nodeId: number,
    config: TotemConfig,
    environment: RingEnvironment,
    source: PacketSource,
    envelopeBytes = 0,
    behaviour: TotemBehaviour = TOTEM_BEHAVIOUR,
  ) {
    const core = new RingCore(nodeId, config, environment, source, envelopeBytes, behaviour);
    core.transitions = {
      gather: (reason) => enterGather(core, reason),
      commit: (token) => enterCommit(core, token),
      recovery: (token) => enterRecovery(core, token, (t) => forwardCommitToken(core, t)),
      operational: () => enterOperational(core),
    };
    this.core = core;
  }

  /** For simulations that check what cannot be seen from outside. */
  observe(): RingObservation {
    return observeRing(this.core);
  }

  get state(): MembershipState {
    return this.core.state;
  }

  get ringId(): RingId {
    return this.core.ringId;
  }

  /** Members of the last installed regular configuration, ascending. */
  get members(): readonly number[] {
    return this.core.members;
  }

  /** Candidates for the next ring; equals `members` in a stable ring. */
  get processors(): readonly number[] {
    return this.core.processors;
  }

  get counters(): Readonly<RingCounters> {
    return this.core.counters;
  }

  /** Largest totempg packet, in bytes. */
  get netMtuBytes(): number {
    return this.core.netMtuBytes;
  }

  /** Whether messages go to the queue of the synchronization (spec totem 10.5). */
  get waitingTransAck(): boolean {
    return this.core.waitingTransAck;
  }

  /**
   * The first interface is up: the node starts to look for others (spec totem 4.2).
   * @param storedSequence ring sequence of the last run, 0 if none is known
   */
  start(storedSequence: number, nowMs: number): void {
    const { core } = this;
    core.nowMs = nowMs;
    core.started = true;
    core.ringId = { representative: core.nodeId, sequence: storedSequence + 1 };
    core.tokenRingSequence = core.ringId.sequence;
    core.lastPauseCheckMs = nowMs;
    core.deadlines.arm(Timer.pause, nowMs + core.config.tokenTimeoutMs / 5);
    core.deadlines.arm(Timer.statistics, nowMs + STATISTICS_INTERVAL_MS);
    core.logIgnoredAcceleration();
    enterGather(core, GatherReason.interfaceChange);
  }

  /** The interface went down or came up; the transport has its members again (spec totem 4.2). */
  interfaceChanged(nowMs: number): void {
    const { core } = this;
    if (!core.started) return;
    core.nowMs = nowMs;
    interfaceChanged(core);
  }

  /** Acts as if the token were lost, whatever the state (spec totem 13.5). */
  forceGather(nowMs: number): void {
    const { core } = this;
    if (!core.started) return;
    core.nowMs = nowMs;
    tokenLost(core);
  }

  /** Says good-bye and stops: the others need not wait for a timeout (spec totem 13.1). */
  leave(nowMs: number): void {
    const { core } = this;
    if (!core.started) return;
    core.nowMs = nowMs;
    sendLeave(core);
    this.stop();
  }

  /**
   * Replaces the configuration of a live ring. Each timer uses the new values when it is armed next,
   * the next token visit the new window (spec totem section 5). `netMtuBytes` and the heartbeat stay.
   * Not to be called from within `receive` or `wake`.
   */
  reconfigure(config: TotemConfig): void {
    this.core.reconfigure(config);
  }

  /** The transport could, or could not, hand a multicast to the system (spec totem 15.2). */
  multicastSent(ok: boolean): void {
    const { counters } = this.core;
    counters.continuous_sendmsg_failures = ok ? 0 : counters.continuous_sendmsg_failures + 1;
  }

  clearCounters(): void {
    clearCounters(this.core);
  }

  /** Ignores all further input, without a word to the others. */
  stop(): void {
    this.core.started = false;
    this.core.deadlines.cancelAll();
  }

  /**
   * A packet from the network, or this node's own copy of one. Never throws for what is in it.
   * @param from who sent it, for the log
   */
  receive(packet: ByteSpan, from: string, nowMs: number): void {
    const { core } = this;
    if (!core.started) return;
    core.nowMs = nowMs;
    const type = checkHeader(packet.view, packet.offset, packet.length);
    if (type < 0) {
      this.refuse(type, packet, from);
      return;
    }
    let fault: string | null;
    try {
      fault = this.dispatch(type, packet);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      fault = error.message;
    }
    if (fault !== null) this.malformed(from, fault);
  }

  /** Counts and reports something that was dropped because of what is in it. */
  malformed(from: string, reason: string): void {
    this.core.counters.malformed_rx++;
    this.core.environment.malformed(from, reason);
  }

  private dispatch(type: number, packet: ByteSpan): string | null {
    const { core } = this;
    switch (type) {
      case PacketType.orfToken:
        core.counters.orf_token_rx++;
        return receiveOrfToken(core, packet);
      case PacketType.mcast:
        core.counters.mcast_rx++;
        return receiveMcast(core, packet);
      case PacketType.mergeDetect: {
        core.counters.memb_merge_detect_rx++;
        const { systemFrom, ringId } = decodeMergeDetect(packet);
        if (!sameRing(ringId, core.ringId)) foreignTraffic(core, systemFrom, ringId.sequence, true);
        return null;
      }
      case PacketType.join:
        core.counters.memb_join_rx++;
        receiveJoin(core, packet);
        return null;
      case PacketType.commitToken:
        core.counters.memb_commit_token_rx++;
        receiveCommitToken(core, packet);
        return null;
      default:
        core.counters.token_hold_cancel_rx++;
        this.receiveHoldCancel(decodeHoldCancel(packet));
        return null;
    }
  }

  private refuse(fault: number, packet: ByteSpan, from: string): void {
    const { core } = this;
    if (fault === HeaderFault.badType) core.counters.rx_msg_dropped++;
    this.malformed(from, describeHeaderFault(fault, packet));
  }

  /** Somebody has something to send: the idle token moves again (spec totem 10.2). */
  private receiveHoldCancel(ringId: RingId): void {
    const { core } = this;
    if (!sameRing(ringId, core.ringId)) return;
    core.seqUnchanged = 0;
    if (core.isRepresentative && core.state !== "gather" && core.savedTokenLength > 0) {
      core.sendSavedToken();
      core.armTokenRetransmit();
    }
  }

  /** Whether the ring is idle and its token rests with the representative. */
  get tokenHeld(): boolean {
    return this.core.tokenHeld;
  }

  /** Something waits to be sent: wakes a held ring (spec totem 10.2). */
  wakeHeldToken(nowMs: number): void {
    const { core } = this;
    if (!core.tokenHeld || !core.started) return;
    core.nowMs = nowMs;
    core.tokenHeld = false;
    core.counters.token_hold_cancel_tx++;
    core.environment.multicastControl(encodeHoldCancel(core.nodeId, core.ringId));
  }

  /** The service layer has synchronized (spec totem section 9, end). */
  acknowledgeTransition(): void {
    this.core.waitingTransAck = false;
  }

  /** Runs `work` after each token visit, newest first, until the returned function is called. */
  onTokenSent(work: () => void): () => void {
    const { tokenSent } = this.core;
    tokenSent.push(work);
    return () => {
      const index = tokenSent.indexOf(work);
      if (index >= 0) tokenSent.splice(index, 1);
    };
  }

  /** The time asked for by `wakeAt` has come. Early calls are harmless. */
  wake(nowMs: number): void {
    const { core } = this;
    if (!core.started) return;
    core.nowMs = nowMs;
    core.deadlines.wake(nowMs, (timer) => timerExpired(core, timer));
  }
}
