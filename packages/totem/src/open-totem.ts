import type { PacketEnvelope } from "@corosync/crypto";
import type { ProcessGroups, RingId } from "./process-group.ts";
import type { RingCounters } from "./ring/counters.ts";
import type { LogLevel } from "./ring/environment.ts";
import type { MembershipState } from "./ring/ring-core.ts";
import type { TotemConfig } from "./ring/totem-config.ts";
import { RingIdFile } from "./ring-id-file.ts";
import { openTotemOnTransport } from "./totem-on-transport.ts";
import { type RingTransport, udp, udpu } from "./transport/ring-transport.ts";
import type { Member } from "./transport/transport.ts";
import type { MulticastGroup } from "./transport/udp.ts";

/** Exit code of a process that can not store its ring id (spec config-and-tools 10.4). */
const EXIT_STORE_RING_ID = 21;

/** How packets travel: by unicast to each member, or by multicast or broadcast to all at once. */
export type TransportChoice = "udpu" | UdpChoice;

/** Multicast or broadcast. */
export interface UdpChoice extends MulticastGroup {
  readonly kind: "udp";
}

/** What a ring member on real sockets is opened with. */
export interface OpenTotemOptions {
  /** Default "udpu". */
  readonly transport?: TransportChoice;
  readonly config: TotemConfig;
  readonly nodeId: number;
  /** All configured nodes with their numeric addresses, this one included. */
  readonly members: readonly Member[];
  /**
   * For clusters without a list of nodes: nodes that are heard become members, and members whose ids turn
   * out to be others get these. Default false.
   */
  readonly discoverMembers?: boolean;
  /** This node's own address, in numbers. */
  readonly bindAddress: string;
  readonly port: number;
  /** Where the ring id is kept. */
  readonly ringIdDirectory: string;
  /** Encrypts and authenticates every packet; null sends them bare, as C nodes do. */
  readonly envelope: PacketEnvelope | null;
  /** Takes what happens to the ring, in the words of the C daemon. */
  readonly log: (level: LogLevel, text: string) => void;
  /** The ring can not go on; the process should end with this exit code. */
  readonly onFatal: (exitCode: number, text: string) => void;
}

/** A running ring member on real sockets. */
export interface OpenTotem {
  readonly groups: ProcessGroups;
  readonly ringId: RingId;
  /** Members of the installed configuration. */
  readonly members: readonly number[];
  /** Candidates for the next ring: a configured node is reachable if it is among them. */
  readonly processors: readonly number[];
  readonly state: MembershipState;
  readonly counters: Readonly<RingCounters>;
  readonly transport: {
    /** Drops packets from and to these nodes, until called again with others: for tests of partitions. */
    block(nodeIds: readonly number[]): void;
  };
  /** Loads the ring id and looks for others. @throws RingIdFileError */
  start(): void;
  /**
   * Replaces the configuration of the live ring, as `Totem.reconfigure`. Not to be called while a message
   * is delivered.
   */
  reconfigure(config: TotemConfig): void;
  /**
   * Replaces the member list of the live ring. Who is no longer listed is neither sent to nor heard: if
   * it is in the ring, the ring loses its token and forms anew without it. Who is new can join. A udp
   * group still carries what this node sends to who was removed; it should stop, or remove this node too.
   * Timeouts that depend on the number of members change by `reconfigure`.
   *
   * Resolves when the new members can be sent to.
   * @throws RangeError when this node is missing or moved; the system's error when a socket can not be had
   */
  setMemberList(members: readonly Member[]): Promise<void>;
  /** Acts as if the token had been lost: the ring forms anew (spec totem 13.5). */
  forceGather(): void;
  /** Begins all counters anew. */
  clearCounters(): void;
  /** Says good-bye, so that the others need not wait for a timeout, and closes the sockets. */
  leave(): Promise<void>;
  /** Closes the sockets without a word. */
  close(): Promise<void>;
}

/**
 * Opens a transport and a `Totem` on it.
 * @throws the system's error when the address or port can not be bound; RangeError for wrong addresses
 */
export async function openTotem(options: OpenTotemOptions): Promise<OpenTotem> {
  const { nodeId, members, config, log } = options;
  const ringIdFile = new RingIdFile(options.ringIdDirectory, nodeId);
  const running = await openTotemOnTransport({
    nodeId,
    members,
    discoverMembers: options.discoverMembers ?? false,
    config,
    transitions: "synchronized",
    transport: ringTransport(options),
    storeRingSequence: (sequence) => ringIdFile.store(sequence),
    log,
    onFatal: (error) => options.onFatal(EXIT_STORE_RING_ID, error.message),
  });
  const { totem } = running;
  return {
    groups: totem.groups,
    get ringId() {
      return totem.ringId;
    },
    get members() {
      return totem.members;
    },
    get processors() {
      return totem.processors;
    },
    get state() {
      return totem.state;
    },
    get counters() {
      return totem.counters;
    },
    transport: { block: (nodeIds) => running.block(nodeIds) },
    start: () => {
      const storedSequence = ringIdFile.load();
      if (options.transport === undefined || options.transport === "udpu") {
        for (const { address } of members) log("notice", `adding new UDPU member {${address}}`);
      }
      totem.start(storedSequence);
    },
    reconfigure: (next) => totem.reconfigure(next),
    setMemberList: (next) => running.setMemberList(next),
    forceGather: () => totem.forceGather(),
    clearCounters: () => totem.clearCounters(),
    leave: async () => {
      totem.leave();
      await running.close();
    },
    close: () => running.close(),
  };
}

function ringTransport({ transport = "udpu", bindAddress, port, envelope }: OpenTotemOptions): RingTransport {
  const sockets = { bindAddress, port, envelope };
  if (transport === "udpu") return udpu(sockets);
  const { address, ttl, broadcast } = transport;
  return udp({ ...sockets, group: broadcast ? "broadcast" : address, ttl });
}
