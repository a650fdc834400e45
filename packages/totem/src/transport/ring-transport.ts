import { isIP, isIPv6 } from "node:net";
import type { PacketEnvelope } from "@corosync/crypto";
import type { LogLevel } from "../ring/environment.ts";
import type { TotemConfig } from "../ring/totem-config.ts";
import { addressFamily } from "./address-family.ts";
import type { Member, PacketReceiver, Transport, TransportOptions } from "./transport.ts";
import { type MulticastGroup, UdpTransport } from "./udp.ts";
import { UdpuTransport } from "./udpu.ts";

/** IP and UDP headers, which count against netmtu only with encryption (spec totem 16). */
const IP_UDP_BYTES = { 4: 28, 6: 48 } as const;

/** What a transport is opened with. */
export interface RingTransportInput {
  readonly nodeId: number;
  /** All nodes that may be in the ring, this one included. */
  readonly members: readonly Member[];
  readonly config: TotemConfig;
  readonly receive: PacketReceiver;
  /** A packet was refused before the ring saw it. */
  readonly refused: (from: string, reason: string) => void;
  /** Whether the system took a packet for everybody. */
  readonly multicastSent: (ok: boolean) => void;
  /** Takes the transport's part of the log. */
  readonly log: (level: LogLevel, text: string) => void;
}

/** A transport ready for use, and how many bytes of each packet it needs for itself. */
export interface OpenedTransport {
  readonly transport: Transport;
  readonly envelopeBytes: number;
}

/** How the packets of a ring travel: `udpu(…)`, `udp(…)`, or what a memory network gives. */
export interface RingTransport {
  /** Opens it, before the ring starts. */
  open(input: RingTransportInput): Promise<OpenedTransport>;
}

/** Where the sockets of a node are. */
export interface UdpuTransportSettings {
  /** The same at all members. */
  readonly port: number;
  /** This node's numeric address. Default: the one that the member list has for it. */
  readonly bindAddress?: string;
  /** Encrypts and authenticates every packet; from `createEnvelope` of `@corosync/crypto`, the same at all members. */
  readonly envelope?: PacketEnvelope | null;
}

/** Where the sockets of a node are, and how it reaches all others at once; the same at all members. */
export interface UdpTransportSettings extends UdpuTransportSettings {
  /** Numeric address of a multicast group, of the members' family; or "broadcast", IPv4 only. */
  readonly group: string;
  /** Networks that multicasts may cross, 0 to 255: 1, the default, stays in this one. */
  readonly ttl?: number;
}

/**
 * Unicast UDP: one datagram to each member. Opening throws RangeError for addresses that are not
 * numeric or not of one family.
 * @throws RangeError for a wrong port
 */
export function udpu(settings: UdpuTransportSettings): RingTransport {
  checkPort(settings.port, 1);
  return {
    async open(input) {
      const options = socketOptions(settings, input);
      const { blockUnlistedIps } = input.config;
      return opened(options, await UdpuTransport.open({ ...options, blockUnlistedIps }));
    },
  };
}

/**
 * Multicast or broadcast UDP: one datagram for all members, tokens by unicast. The port below
 * `port` is used too. Opening throws RangeError as `udpu` does, and for a group of another family.
 * @throws RangeError for a wrong port, group or ttl
 */
export function udp(settings: UdpTransportSettings): RingTransport {
  const { group, ttl = 1, port } = settings;
  checkPort(port, 2);
  if (!Number.isInteger(ttl) || ttl < 0 || ttl > 255) {
    throw new RangeError(`udp: ttl ${ttl} is not a whole number from 0 to 255`);
  }
  const broadcast = group === "broadcast";
  if (!broadcast && !isMulticastAddress(group)) {
    throw new RangeError(`udp: group "${group}" is neither a multicast address nor "broadcast"`);
  }
  const multicast: MulticastGroup = { address: group, ttl, broadcast };
  return {
    async open(input) {
      const options = socketOptions(settings, input);
      if ((broadcast ? 4 : isIP(group)) !== isIP(options.bindAddress)) {
        throw new RangeError(`udp: the group ${group} is not of the family of ${options.bindAddress}`);
      }
      return opened(options, await UdpTransport.open({ ...options, multicast }));
    },
  };
}

function socketOptions(
  { port, bindAddress, envelope = null }: UdpuTransportSettings,
  input: RingTransportInput,
): TransportOptions {
  const { nodeId, members, config, receive, refused, multicastSent, log } = input;
  const own = bindAddress ?? members.find((member) => member.nodeId === nodeId)?.address ?? "";
  addressFamily(own, members);
  return {
    nodeId,
    members,
    bindAddress: own,
    port,
    envelope,
    batchPackets: config.maxMessagesPackets,
    packetBytes: config.netMtuBytes,
    receive,
    refused,
    multicastSent,
    log,
  };
}

function opened({ envelope, bindAddress }: TransportOptions, transport: Transport): OpenedTransport {
  const outerBytes = IP_UDP_BYTES[isIPv6(bindAddress) ? 6 : 4];
  return { transport, envelopeBytes: envelope ? envelope.overheadBytes + outerBytes : 0 };
}

function checkPort(port: number, least: number): void {
  if (!Number.isInteger(port) || port < least || port > 65_535) {
    throw new RangeError(`port ${port} is not a whole number from ${least} to 65535`);
  }
}

/** 224.0.0.0/4 and ff00::/8. */
function isMulticastAddress(address: string): boolean {
  if (isIPv6(address)) return /^ff/i.test(address);
  const first = Number(address.split(".")[0]);
  return isIP(address) === 4 && first >= 224 && first < 240;
}
