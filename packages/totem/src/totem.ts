import type { ByteSpan } from "@corosync/codec";
import {
  type GroupCounters,
  type RingPort,
  TotemGroups,
  type TransitionPolicy,
} from "./group/totem-groups.ts";
import type { ProcessGroups, RingId } from "./process-group.ts";
import type { RingCounters } from "./ring/counters.ts";
import type { RingEnvironment } from "./ring/environment.ts";
import { Ring } from "./ring/ring.ts";
import type { MembershipState } from "./ring/ring-core.ts";
import type { TotemConfig } from "./ring/totem-config.ts";
import { TOTEM_BEHAVIOUR, type TotemBehaviour } from "./totem-behaviour.ts";
import type { TotemObservation } from "./totem-observation.ts";

/** What a `Totem` needs of the world: a ring's environment, less what the process-group layer takes over. */
export interface TotemEnvironment extends Omit<RingEnvironment, "deliver" | "configurationChanged"> {
  /** Milliseconds of a monotonic clock. */
  now(): number;
}

/**
 * One member of a ring with its process groups: everything of Totem that is not a socket, a clock or
 * a file. The daemon and the simulator run this class alike; `openTotem` gives it a real environment.
 */
export class Totem {
  readonly groups: ProcessGroups;
  private readonly ring: Ring;
  private readonly groupLayer: TotemGroups;

  /** @param envelopeBytes bytes of each packet lost to sealing and outer headers; 0 without encryption */
  constructor(
    nodeId: number,
    config: TotemConfig,
    private readonly environment: TotemEnvironment,
    envelopeBytes = 0,
    transitions: TransitionPolicy = "synchronized",
    behaviour: TotemBehaviour = TOTEM_BEHAVIOUR,
  ) {
    const totem = this;
    const ringPort: RingPort = {
      get waitingTransAck() {
        return totem.ring.waitingTransAck;
      },
      get netMtuBytes() {
        return totem.ring.netMtuBytes;
      },
      wakeHeldToken: () => {
        if (totem.ring.tokenHeld) totem.ring.wakeHeldToken(environment.now());
      },
      acknowledgeTransition: () => totem.ring.acknowledgeTransition(),
      onTokenSent: (work) => totem.ring.onTokenSent(work),
      malformed: (from, reason) => totem.ring.malformed(from, reason),
    };
    this.groupLayer = new TotemGroups(nodeId, ringPort, transitions, behaviour);
    this.groups = this.groupLayer;
    const ringEnvironment = this.ringEnvironment();
    this.ring = new Ring(nodeId, config, ringEnvironment, this.groupLayer, envelopeBytes, behaviour);
  }

  private ringEnvironment(): RingEnvironment {
    const { environment, groupLayer } = this;
    return {
      multicast: (batch) => environment.multicast(batch),
      multicastControl: (packet) => environment.multicastControl(packet),
      sendToken: (nodeId, token, length) => environment.sendToken(nodeId, token, length),
      now: () => environment.now(),
      wakeAt: (deadlineMs) => environment.wakeAt(deadlineMs),
      persistRingSequence: (sequence) => environment.persistRingSequence(sequence),
      discardPending: () => environment.discardPending(),
      random: (limit) => environment.random(limit),
      log: (level, text) => environment.log(level, text),
      malformed: (from, reason) => environment.malformed(from, reason),
      configurationChanged: (change) => groupLayer.configurationChanged(change),
      deliver: (nodeId, payload) => groupLayer.receive(nodeId, payload),
    };
  }

  /** For simulations that check what cannot be seen from outside; a live view. */
  observe(): TotemObservation {
    const { groupLayer } = this;
    const ring = this.ring.observe();
    return {
      get ring() {
        return ring.ring;
      },
      get aru() {
        return ring.aru;
      },
      get freedTo() {
        return ring.freedTo;
      },
      undeliveredOldPackets: () => ring.undeliveredOldPackets(),
      get sizes() {
        return { ...ring.sizes, ...groupLayer.sizes };
      },
    };
  }

  get state(): MembershipState {
    return this.ring.state;
  }

  get ringId(): RingId {
    return this.ring.ringId;
  }

  get members(): readonly number[] {
    return this.ring.members;
  }

  get processors(): readonly number[] {
    return this.ring.processors;
  }

  get counters(): Readonly<RingCounters> {
    return this.ring.counters;
  }

  /** `stats.pg.*` (spec totem section 18). */
  get groupCounters(): GroupCounters {
    return this.groupLayer.counters;
  }

  /** Largest totempg packet, in bytes. */
  get netMtuBytes(): number {
    return this.ring.netMtuBytes;
  }

  /** Looks for others. @param storedSequence ring sequence of the last run, 0 if none is known */
  start(storedSequence: number): void {
    this.ring.start(storedSequence, this.environment.now());
  }

  /** The transport could, or could not, hand a multicast to the system: a firewall shows this way. */
  multicastSent(ok: boolean): void {
    this.ring.multicastSent(ok);
  }

  /** Begins all counters anew, as a statistics clear does (spec totem section 18). */
  clearCounters(): void {
    this.ring.clearCounters();
  }

  /**
   * Replaces the configuration of a live ring: timers use it when they are armed next. `netMtuBytes`
   * and the heartbeat stay as they were at the start. Not to be called while a message is delivered.
   */
  reconfigure(config: TotemConfig): void {
    this.ring.reconfigure(config);
  }

  /** The interface went down or came up: looks anew for who can be reached (spec totem 4.2). */
  interfaceChanged(): void {
    this.ring.interfaceChanged(this.environment.now());
  }

  /** Acts as if the token were lost, whatever the state: the key `runtime.force_gather` (spec totem 13.5). */
  forceGather(): void {
    this.ring.forceGather(this.environment.now());
  }

  /** Says good-bye to the others and stops. */
  leave(): void {
    this.ring.leave(this.environment.now());
  }

  /** Stops without a word, as if the process had died. */
  stop(): void {
    this.ring.stop();
  }

  /** A packet, already opened if it was sealed. Never throws for what is in it. */
  receive(packet: ByteSpan, from: string): void {
    this.ring.receive(packet, from, this.environment.now());
  }

  /** A packet that could not be opened: dropped, counted and reported as one that is malformed. */
  refuse(from: string, reason: string): void {
    this.ring.malformed(from, reason);
  }

  /** The time asked for by `wakeAt` has come. */
  wake(): void {
    this.ring.wake(this.environment.now());
  }
}
