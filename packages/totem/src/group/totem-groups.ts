import { ByteSpan } from "@corosync/codec";
import type {
  ConfigurationChange,
  GroupReceiver,
  ProcessGroups,
  QueueLevel,
  TotemGroup,
} from "../process-group.ts";
import type { PacketSource } from "../ring/environment.ts";
import type { TotemBehaviour } from "../totem-behaviour.ts";
import type { GroupSizes } from "../totem-observation.ts";
import { Assembly, totempgFault } from "./assembly.ts";
import { groupListLength, groupPrefix, namesGroup, startsWithPrefix } from "./group-header.ts";
import { Packer } from "./packer.ts";
import { nextQueueLevel } from "./queue-level.ts";

/** What each of the two queues may hold: the 4 MiB of C (spec totem 3.3), plus what ends a large message. */
const QUEUE_BYTES = 4 * 1024 * 1024;
/** MESSAGE_SIZE_MAX. */
const MESSAGE_BYTES_MAX = 1_048_576;

/** Senders whose messages are assembled: PROCESSOR_COUNT_MAX. */
const SENDERS_MAX = 384;

/** The ring below, as the process-group layer uses it. */
export interface RingPort {
  readonly waitingTransAck: boolean;
  /** Largest totempg packet. */
  readonly netMtuBytes: number;
  /** Something was queued: an idle token must move. */
  wakeHeldToken(): void;
  acknowledgeTransition(): void;
  onTokenSent(work: () => void): () => void;
  /** A message was dropped because of what is in it. */
  malformed(from: string, reason: string): void;
}

/**
 * Who ends the transition that begins with a transitional configuration. `synchronized`: the service
 * layer, by `acknowledgeTransition`, as in Corosync. `immediate`: the regular configuration itself.
 * Then all packets of a ring belong to one queue and one family of assemblies, and a message that had
 * partly left is begun again in the new ring while receivers forget what they have of it: every
 * member of the new ring, joined or not, gets it after the change. C nodes do not do this.
 */
export type TransitionPolicy = "synchronized" | "immediate";

/**
 * Counters of the process-group layer, named as `stats.pg.*` (spec totem section 18). Room is taken by
 * the multicast itself, so that what is reserved is what waits.
 */
export interface GroupCounters {
  /** Packets that the waiting messages take. */
  readonly msg_reserved: number;
  /** Packets that still fit the queue. */
  readonly msg_queue_avail: number;
}

/** Header and one length of a totempg packet. */
const PACKET_OVERHEAD_BYTES = 10;

interface JoinedGroup {
  readonly prefix: Uint8Array;
  readonly receiver: GroupReceiver;
}

/**
 * The process-group layer (totempg): named groups over one ring, messages of up to 1 MiB over packets.
 * Two queues exist. From a transitional configuration until the service layer has synchronized, only
 * what is multicast since then is sent; the rest waits (spec totem 10.5).
 */
export class TotemGroups implements ProcessGroups, PacketSource {
  readonly maxMessageBytes = MESSAGE_BYTES_MAX;
  private level: QueueLevel = "good";
  private readonly levelListeners: ((level: QueueLevel) => void)[] = [];
  private readonly joined: JoinedGroup[] = [];
  private readonly normal = new Packer();
  private readonly transitional = new Packer();
  private normalAssemblies = new Map<number, Assembly>();
  private transitionalAssemblies = new Map<number, Assembly>();
  /** Which family of assemblies is in use; switches later than the queues (spec totem section 9 step 8). */
  private assemblingTransitional = true;
  private packetsLeft = 0;
  private firstOfVisit = false;
  private packetBytes = 0;
  private readonly message = new ByteSpan(new Uint8Array(0));
  private sender = 0;
  private readonly deliverToSender = (): void => this.deliverMessage(this.sender);

  constructor(
    readonly nodeId: number,
    private readonly ring: RingPort,
    private readonly transitions: TransitionPolicy,
    private readonly behaviour: TotemBehaviour,
  ) {}

  get queueLevel(): QueueLevel {
    return this.level;
  }

  /** How full the queue in use is, in packets. */
  get counters(): GroupCounters {
    const { fifo } = this.queueInUse;
    const perPacket = this.ring.netMtuBytes - PACKET_OVERHEAD_BYTES;
    return {
      msg_reserved: Math.ceil((fifo.byteLength + 2 * fifo.count) / perPacket),
      msg_queue_avail: Math.floor((QUEUE_BYTES - fifo.byteLength) / perPacket),
    };
  }

  get sizes(): GroupSizes {
    const { normal, transitional, normalAssemblies, transitionalAssemblies } = this;
    let assemblyBytes = 0;
    for (const family of [normalAssemblies, transitionalAssemblies])
      for (const { unfinishedBytes } of family.values())
        assemblyBytes = Math.max(assemblyBytes, unfinishedBytes);
    return {
      normalQueueBytes: normal.fifo.byteLength,
      transitionalQueueBytes: transitional.fifo.byteLength,
      normalAssemblies: normalAssemblies.size,
      transitionalAssemblies: transitionalAssemblies.size,
      assemblyBytes,
    };
  }

  join(group: string, receiver: GroupReceiver): TotemGroup {
    const prefix = groupPrefix(group);
    this.joined.push({ prefix, receiver });
    return { multicast: (header, payload) => this.multicast(prefix, header, payload) };
  }

  acknowledgeTransition(): void {
    this.ring.acknowledgeTransition();
    this.assemblingTransitional = false;
    if (this.behaviour.sendLeftoversAfterSync) this.sendLeftovers();
    this.updateLevel();
    if (this.normal.fifo.count > 0) this.ring.wakeHeldToken();
  }

  /**
   * What was not sent during the synchronization comes next; in C it waits for the next configuration
   * change (spec totem Q10). A message that has partly left must stay: its head lies in the assemblies of
   * the synchronization.
   */
  private sendLeftovers(): void {
    const left = this.transitional.fifo.removeFrom(this.transitional.midMessage ? 1 : 0);
    if (left.length > 0) this.normal.fifo.insertAt(this.normal.midMessage ? 1 : 0, left);
  }

  afterToken(work: () => boolean): () => void {
    const cancel = this.ring.onTokenSent(() => {
      if (work()) cancel();
    });
    this.ring.wakeHeldToken();
    return cancel;
  }

  onQueueLevel(listener: (level: QueueLevel) => void): void {
    this.levelListeners.push(listener);
  }

  private multicast(prefix: Uint8Array, header: ByteSpan, payload: ByteSpan | undefined): boolean {
    const length = header.length + (payload?.length ?? 0);
    const { fifo } = this.queueInUse;
    if (length > MESSAGE_BYTES_MAX || fifo.byteLength + prefix.length + length > QUEUE_BYTES) return false;
    fifo.push(prefix, header, payload, payload === undefined && this.transitions === "synchronized");
    this.updateLevel();
    this.ring.wakeHeldToken();
    return true;
  }

  /** At the regular configuration, before any packet of the new ring is packed or delivered. */
  private endTransition(): void {
    this.normal.beginAgain();
    this.normalAssemblies.clear();
    this.acknowledgeTransition();
  }

  private get queueInUse(): Packer {
    return this.ring.waitingTransAck ? this.transitional : this.normal;
  }

  private updateLevel(): void {
    const usedPercent = Math.floor((this.queueInUse.fifo.byteLength * 100) / QUEUE_BYTES);
    const level = nextQueueLevel(this.level, usedPercent);
    if (level === this.level) return;
    this.level = level;
    for (const listener of this.levelListeners) listener(level);
  }

  // PacketSource: what the token visit takes.

  /** Asked at every visit of a token; mostly the answer is yes. */
  private get nothingQueued(): boolean {
    return this.normal.fifo.count + this.transitional.fifo.count === 0;
  }

  backlogPackets(): number {
    if (this.nothingQueued) return 0;
    const { fifo } = this.queueInUse;
    if (fifo.count === 0) return 0;
    const perPacket = Math.max(1, this.packetBytes - PACKET_OVERHEAD_BYTES);
    return Math.ceil((fifo.byteLength + 2 * fifo.count) / perPacket);
  }

  beginVisit(packets: number): void {
    this.packetsLeft = packets;
    this.firstOfVisit = true;
  }

  nextPacket(target: Uint8Array, view: DataView, offset: number, limitBytes: number): number {
    this.packetBytes = limitBytes;
    if (this.nothingQueued) return 0;
    const packer = this.queueInUse;
    if (packer.fifo.count === 0) return 0;
    this.packetsLeft--;
    const length =
      packer === this.normal
        ? packer.nextPacket(target, view, offset, limitBytes)
        : packer.nextPacket(target, view, offset, limitBytes, this.mayBeginInTransition);
    this.firstOfVisit = false;
    if (packer.fifo.count === 0 || this.packetsLeft === 0) this.updateLevel();
    return length;
  }

  /**
   * The end of a synchronization must not find a message half sent: its tail would be assembled in the
   * other family. So one is begun only if this visit can finish it, or if it is too long for any visit.
   */
  private readonly mayBeginInTransition = (messageBytes: number, roomBytes: number): boolean =>
    this.firstOfVisit ||
    messageBytes <= roomBytes + this.packetsLeft * (this.packetBytes - PACKET_OVERHEAD_BYTES);

  // What the ring hands up.

  /**
   * The payload of a mcast.
   * @returns what is wrong with it, or null
   */
  receive(nodeId: number, packet: ByteSpan): string | null {
    const fault = totempgFault(packet.view, packet.offset, packet.length);
    if (fault !== null) return fault;
    const family = this.assemblingTransitional ? this.transitionalAssemblies : this.normalAssemblies;
    let assembly = family.get(nodeId);
    if (!assembly) {
      if (family.size >= SENDERS_MAX) return `totempg: more than ${SENDERS_MAX} senders`;
      assembly = new Assembly(this.behaviour.skipToWholePacket);
      family.set(nodeId, assembly);
    }
    this.sender = nodeId;
    assembly.receive(packet, this.message, this.deliverToSender);
    return null;
  }

  private deliverMessage(nodeId: number): void {
    const { message, joined } = this;
    for (let i = 0; i < joined.length; i++) {
      const { prefix, receiver } = joined[i]!;
      if (!startsWithPrefix(message, prefix)) continue;
      message.offset += prefix.length;
      message.length -= prefix.length;
      receiver.deliver(nodeId, message);
      return;
    }
    this.deliverToNamedGroups(nodeId);
  }

  /** The rare message to several groups, or to none of ours. */
  private deliverToNamedGroups(nodeId: number): void {
    const { bytes, view, offset, length } = this.message;
    const listLength = groupListLength(this.message);
    if (listLength < 0) {
      this.ring.malformed(
        `node ${nodeId}`,
        `totempg: group list does not fit the message of ${length} bytes`,
      );
      return;
    }
    const receivers = this.joined.filter(({ prefix }) => namesGroup(this.message, prefix));
    for (const { receiver } of receivers) {
      this.message.pointAt(bytes, view, offset + listLength, length - listLength);
      receiver.deliver(nodeId, this.message);
    }
  }

  /** What C does to a message of which a part is staged when the configuration changes (spec totem Q14). */
  private misplaceRest(): void {
    if (this.transitional.midMessage) return;
    const rest = this.normal.takeRest();
    if (rest !== null) this.transitional.sendRest(rest);
  }

  configurationChanged(change: ConfigurationChange): void {
    for (const nodeId of change.left) {
      this.normalAssemblies.delete(nodeId);
      this.transitionalAssemblies.delete(nodeId);
    }
    if (change.kind === "transitional") {
      this.normal.configurationChanged();
      this.transitional.configurationChanged();
      if (!this.behaviour.keepMessageInItsQueue) this.misplaceRest();
    } else if (this.transitions === "immediate") {
      this.endTransition();
    } else {
      this.assemblingTransitional = true;
    }
    for (const { receiver } of this.joined) receiver.configurationChanged?.(change);
    this.updateLevel();
  }
}
