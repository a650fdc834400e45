import { randomInt } from "node:crypto";
import { isIP } from "node:net";
import { type PacketEnvelope, PeerComplaints } from "@corosync/crypto";
import type { ProcessGroups, RingId } from "./process-group.ts";
import type { RingCounters } from "./ring/counters.ts";
import type { LogLevel } from "./ring/environment.ts";
import type { MembershipState } from "./ring/ring-core.ts";
import type { TotemConfig } from "./ring/totem-config.ts";
import { RingIdFile } from "./ring-id-file.ts";
import { SelfDelivery } from "./self-delivery.ts";
import { TokenGate } from "./token-gate.ts";
import { Totem } from "./totem.ts";
import type { Member, Transport, TransportOptions } from "./transport/transport.ts";
import { type MulticastGroup, UdpTransport } from "./transport/udp.ts";
import { UdpuTransport } from "./transport/udpu.ts";
import { WakeTimer } from "./wake-timer.ts";

/** Exit code of a process that can not store its ring id (spec config-and-tools 10.4). */
const EXIT_STORE_RING_ID = 21;
/** IP and UDP headers, which count against netmtu only with encryption (spec totem 16). */
const IP_UDP_BYTES = { ipv4: 28, ipv6: 48 } as const;
/** Two mcast headers: a recovered packet carries another. */
const MCAST_HEADERS_BYTES = 90;

/** How packets travel: by unicast to each member, or by multicast or broadcast to all at once. */
export type TransportChoice = "udpu" | UdpChoice;

export interface UdpChoice extends MulticastGroup {
  readonly kind: "udp";
}

export interface OpenTotemOptions {
  /** Default "udpu". */
  readonly transport?: TransportChoice;
  readonly config: TotemConfig;
  readonly nodeId: number;
  /** All configured nodes with their numeric addresses, this one included. */
  readonly members: readonly Member[];
  readonly bindAddress: string;
  readonly port: number;
  /** Where the ring id is kept. */
  readonly ringIdDirectory: string;
  /** Encrypts and authenticates every packet; null sends them bare, as C nodes do. */
  readonly envelope: PacketEnvelope | null;
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
  readonly transport: { block(nodeIds: readonly number[]): void };
  /** Loads the ring id and looks for others. @throws RingIdFileError */
  start(): void;
  /** Says good-bye, so that the others need not wait for a timeout, and closes the sockets. */
  leave(): Promise<void>;
  /** Closes the sockets without a word. */
  close(): Promise<void>;
}

/**
 * Opens a transport and a `Totem` on it.
 * @throws the system's error when the address or port can not be bound
 */
export async function openTotem(options: OpenTotemOptions): Promise<OpenTotem> {
  const { config, nodeId, envelope, log } = options;
  const ringIdFile = new RingIdFile(options.ringIdDirectory, nodeId);
  const complaints = new PeerComplaints();
  const now = (): number => performance.now();
  const malformed = (from: string, reason: string): void => {
    const line = complaints.complain(from, reason, now());
    if (line !== null) log("warning", line);
  };
  const envelopeBytes = envelope
    ? envelope.overheadBytes + IP_UDP_BYTES[isIP(options.bindAddress) === 6 ? "ipv6" : "ipv4"]
    : 0;

  // The totem and its transport need each other; packets arrive only after both exist.
  const wakeTimer = new WakeTimer(now, () => totem.wake());
  const gate = new TokenGate((packet, from) => totem.receive(packet, from));
  const self = new SelfDelivery((packet) => gate.receive(packet, "this node"));
  const transport = await openTransport(options, {
    nodeId,
    members: options.members,
    bindAddress: options.bindAddress,
    port: options.port,
    envelope,
    batchPackets: config.maxMessagesPackets,
    packetBytes: config.netMtuBytes + MCAST_HEADERS_BYTES,
    receive: (packet, from) => gate.receive(packet, from),
    refused: malformed,
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
          ringIdFile.store(sequence);
        } catch (error) {
          totem.stop();
          options.onFatal(EXIT_STORE_RING_ID, (error as Error).message);
        }
      },
      discardPending: () => transport.discardPending(),
      random: (limit) => randomInt(limit),
      log,
      malformed,
    },
    envelopeBytes,
  );
  const close = async (): Promise<void> => {
    totem.stop();
    wakeTimer.cancel();
    await transport.close();
  };
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
    transport: { block: (nodeIds) => transport.block(nodeIds) },
    start: () => totem.start(ringIdFile.load()),
    leave: async () => {
      totem.leave();
      await close();
    },
    close,
  };
}

function openTransport(
  { transport = "udpu", config }: OpenTotemOptions,
  options: TransportOptions,
): Promise<Transport> {
  return transport === "udpu"
    ? UdpuTransport.open({ ...options, blockUnlistedIps: config.blockUnlistedIps })
    : UdpTransport.open({ ...options, multicast: transport });
}
