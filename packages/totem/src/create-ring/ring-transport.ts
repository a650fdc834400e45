import { isIP } from "node:net";
import type { PacketEnvelope } from "@corosync/crypto";
import type { LogLevel } from "../ring/environment.ts";
import type { TotemConfig } from "../ring/totem-config.ts";
import type { Member, PacketReceiver, Transport } from "../transport/transport.ts";
import { UdpuTransport } from "../transport/udpu.ts";

/** IP and UDP headers, which count against netmtu only with encryption (spec totem 16). */
const IP_UDP_BYTES = { ipv4: 28, ipv6: 48 } as const;
/** Two mcast headers: a recovered packet carries another. */
const MCAST_HEADERS_BYTES = 90;

/** What a transport is opened with. */
export interface RingTransportInput {
  readonly nodeId: number;
  readonly members: readonly Member[];
  readonly config: TotemConfig;
  readonly receive: PacketReceiver;
  /** A packet was refused before the ring saw it. */
  readonly refused: (from: string, reason: string) => void;
  readonly log: (level: LogLevel, text: string) => void;
}

/** A transport ready for use, and how many bytes of each packet it needs for itself. */
export interface OpenedTransport {
  readonly transport: Transport;
  readonly envelopeBytes: number;
}

/** How the packets of `createRing` travel: `udpu(…)`, or what a memory network gives. */
export interface RingTransport {
  open(input: RingTransportInput): Promise<OpenedTransport>;
}

export interface UdpuTransportSettings {
  /** The same at all members. */
  readonly port: number;
  /** This node's numeric address. Default: the one that the member list has for it. */
  readonly bindAddress?: string;
  /** Encrypts and authenticates every packet; from `createEnvelope` of `@corosync/crypto`, the same at all members. */
  readonly envelope?: PacketEnvelope | null;
}

/** Unicast UDP: one datagram to each member. */
export function udpu({ port, bindAddress, envelope = null }: UdpuTransportSettings): RingTransport {
  return {
    async open({ nodeId, members, config, receive, refused, log }) {
      const address = bindAddress ?? members.find((member) => member.nodeId === nodeId)?.address ?? "";
      const family = isIP(address);
      if (family === 0) throw new RangeError(`udpu: node ${nodeId} has no numeric address: "${address}"`);
      const transport = await UdpuTransport.open({
        nodeId,
        members,
        bindAddress: address,
        port,
        blockUnlistedIps: config.blockUnlistedIps,
        envelope,
        batchPackets: config.maxMessagesPackets,
        packetBytes: config.netMtuBytes + MCAST_HEADERS_BYTES,
        receive,
        refused,
        log,
      });
      const outerBytes = IP_UDP_BYTES[family === 6 ? "ipv6" : "ipv4"];
      return { transport, envelopeBytes: envelope ? envelope.overheadBytes + outerBytes : 0 };
    },
  };
}
