import { randomInt } from "node:crypto";
import { PeerComplaints } from "@corosync/crypto";
import type { TransitionPolicy } from "./group/totem-groups.ts";
import { MemberDiscovery } from "./member-discovery.ts";
import { memberList, nextMemberList } from "./member-list.ts";
import type { LogLevel } from "./ring/environment.ts";
import type { TotemConfig } from "./ring/totem-config.ts";
import { SelfDelivery } from "./self-delivery.ts";
import { TokenGate } from "./token-gate.ts";
import { Totem } from "./totem.ts";
import type { RingTransport } from "./transport/ring-transport.ts";
import type { Member, Transport } from "./transport/transport.ts";
import { WakeTimer } from "./wake-timer.ts";

export interface TotemOnTransportOptions {
  readonly nodeId: number;
  readonly members: readonly Member[];
  /** Nodes that are heard and not among the members become members. Default false. */
  readonly discoverMembers?: boolean;
  readonly config: TotemConfig;
  readonly transitions: TransitionPolicy;
  readonly transport: RingTransport;
  /** @throws when the sequence can not be kept */
  readonly storeRingSequence: (sequence: number) => void;
  readonly log: (level: LogLevel, text: string) => void;
  /** The ring sequence could not be kept; the totem has stopped. */
  readonly onFatal: (error: Error) => void;
}

/**
 * A `Totem` with a transport, the system's monotonic clock and its timers.
 * @throws RangeError for a wrong member list; what the transport throws when it can not be opened
 */
export async function openTotemOnTransport(options: TotemOnTransportOptions): Promise<TotemOnTransport> {
  const { nodeId, config, log } = options;
  const members = memberList(nodeId, options.members);
  const complaints = new PeerComplaints();
  const now = (): number => performance.now();
  const malformed = (from: string, reason: string): void => {
    const line = complaints.complain(from, reason, now());
    if (line !== null) log("warning", line);
  };

  // The totem and its transport need each other; packets arrive only after both exist.
  const wakeTimer = new WakeTimer(now, () => totem.wake());
  const gate = new TokenGate(
    (packet, from) => totem.receive(packet, from),
    () => transport.congested,
  );
  const self = new SelfDelivery((packet) => gate.receive(packet, "this node"));
  const { transport, envelopeBytes } = await options.transport.open({
    nodeId,
    members,
    config,
    receive: (packet, from) => {
      discovery?.heard(packet, from);
      gate.receive(packet, from);
    },
    refused: (from, reason) => totem.refuse(from, reason),
    multicastSent: (ok) => totem.multicastSent(ok),
    log,
  });
  const totem: Totem = new Totem(
    nodeId,
    config,
    {
      now,
      multicast: (batch) => transport.multicast(batch),
      multicastControl: (packet) => {
        transport.multicastControl(packet);
        self.post(packet);
      },
      sendToken: (target, token, length) => {
        if (target !== nodeId) return transport.sendToken(target, token, length);
        self.post(token.slice(0, length));
        return true;
      },
      wakeAt: (deadlineMs) => wakeTimer.wakeAt(deadlineMs),
      persistRingSequence: (sequence) => {
        try {
          options.storeRingSequence(sequence);
        } catch (error) {
          totem.stop();
          options.onFatal(error as Error);
        }
      },
      discardPending: () => transport.discardPending(),
      random: (limit) => randomInt(limit),
      log,
      malformed,
    },
    envelopeBytes,
    options.transitions,
  );
  const running = new TotemOnTransport(totem, transport, wakeTimer, nodeId, members);
  const discovery = options.discoverMembers
    ? new MemberDiscovery(nodeId, members, (found) => {
        running.setMemberList(found).catch((error: Error) => log("error", `New member: ${error.message}`));
      })
    : null;
  return running;
}

/** A `Totem` and what it runs on. */
export class TotemOnTransport {
  constructor(
    readonly totem: Totem,
    private readonly transport: Transport,
    private readonly wakeTimer: WakeTimer,
    private readonly nodeId: number,
    /** The first list, which says where this node is. */
    private readonly members: readonly Member[],
  ) {}

  /**
   * Replaces the member list of the live ring. The ring itself is not told: it loses its token when a
   * member is gone, and hears the joins of a new one, as in C.
   * @throws RangeError for a wrong list; the system's error when a socket can not be had
   */
  async setMemberList(members: readonly Member[]): Promise<void> {
    await this.transport.setMemberList(nextMemberList(this.nodeId, this.members, members));
  }

  /** Drops packets from and to these nodes, until called again with others: for tests of partitions. */
  block(nodeIds: readonly number[]): void {
    this.transport.block(nodeIds);
  }

  /** Stops without a word and closes the transport. */
  async close(): Promise<void> {
    this.totem.stop();
    this.wakeTimer.cancel();
    await this.transport.close();
  }
}
