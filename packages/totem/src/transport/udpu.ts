import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIP } from "node:net";
import { ByteSpan } from "@corosync/codec";
import { openFailureReason, type PacketEnvelope } from "@corosync/crypto";
import type { LogLevel } from "../ring/environment.ts";
import type { PacketBatch } from "../ring/packet-batch.ts";
import { FRAME_BYTES_MAX } from "../wire/mcast.ts";
import { SealedSender } from "./sealed-sender.ts";
import type { Member, PacketReceiver, Transport } from "./transport.ts";

/** Buffers asked of the kernel, which grants at most net.core.rmem_max (and doubles it for its own use). */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

export interface UdpuOptions {
  readonly nodeId: number;
  /** All configured members; this node may be among them. */
  readonly members: readonly Member[];
  readonly bindAddress: string;
  readonly port: number;
  /** Drop datagrams whose source address is no member's (spec totem 15.1). */
  readonly blockUnlistedIps: boolean;
  readonly envelope: PacketEnvelope | null;
  /** Largest batch, and longest packet before sealing. */
  readonly batchPackets: number;
  readonly packetBytes: number;
  readonly receive: PacketReceiver;
  /** A packet was refused before the ring saw it. */
  readonly refused: (from: string, reason: string) => void;
  readonly log: (level: LogLevel, text: string) => void;
}

interface Peer {
  readonly nodeId: number;
  readonly socket: Socket;
  blocked: boolean;
}

/**
 * Unicast UDP (spec totem 15): every packet goes to every configured member on its own. One connected
 * socket a peer, because only a connected socket hands a datagram to the kernel within the call, and
 * tokens must not overtake the mcasts before them.
 */
export class UdpuTransport implements Transport {
  private readonly span = new ByteSpan(new Uint8Array(0));
  private readonly opened: ByteSpan | null;
  private readonly sealedSender: SealedSender | null;
  private readonly blockedAddresses = new Set<string>();
  private discarding = false;
  private closed = false;

  private constructor(
    private readonly options: UdpuOptions,
    private readonly receiver: Socket,
    private readonly peers: readonly Peer[],
    private readonly listedAddresses: ReadonlySet<string>,
  ) {
    const { envelope } = options;
    this.opened = envelope ? new ByteSpan(new Uint8Array(FRAME_BYTES_MAX)) : null;
    this.sealedSender = envelope
      ? new SealedSender(envelope, options.batchPackets, options.packetBytes)
      : null;
    receiver.on("message", (bytes, from) => this.datagram(bytes, from));
    receiver.on("error", (error) => options.log("error", `UDP receive socket: ${error.message}`));
  }

  /** Binds and connects the sockets. @throws the system's error when the address or port can not be had */
  static async open(options: UdpuOptions): Promise<UdpuTransport> {
    const type = isIP(options.bindAddress) === 6 ? "udp6" : "udp4";
    const receiver = createSocket({ type, reuseAddr: false });
    const opened: Socket[] = [receiver];
    try {
      await bind(receiver, options.bindAddress, options.port);
      receiver.setRecvBufferSize(SOCKET_BUFFER_BYTES);
      const peers: Peer[] = [];
      for (const member of options.members) {
        if (member.nodeId === options.nodeId) continue;
        const socket = createSocket(type);
        opened.push(socket);
        await bind(socket, options.bindAddress, 0);
        await connect(socket, member.address, options.port);
        socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
        // A dead peer answers with ICMP, which a connected socket reports: the ring's timers judge that.
        socket.on("error", () => {});
        peers.push({ nodeId: member.nodeId, socket, blocked: false });
      }
      const listed = new Set(options.members.map((member) => member.address));
      return new UdpuTransport(options, receiver, peers, listed);
    } catch (error) {
      for (const socket of opened) socket.close();
      throw error;
    }
  }

  multicast(batch: PacketBatch): void {
    if (this.closed) return;
    const { bytes, offsets, lengths, count } = this.sealedSender ? this.sealedSender.sealBatch(batch) : batch;
    const { peers } = this;
    for (let i = 0; i < count; i++) {
      for (let p = 0; p < peers.length; p++) {
        const peer = peers[p]!;
        if (!peer.blocked) peer.socket.send(bytes, offsets[i]!, lengths[i]!);
      }
    }
  }

  multicastControl(packet: Uint8Array): void {
    if (this.closed) return;
    const bytes = this.sealedSender ? this.sealedSender.seal(packet, packet.length) : packet;
    for (const peer of this.peers) if (!peer.blocked) peer.socket.send(bytes);
  }

  sendToken(nodeId: number, token: Uint8Array, length: number): boolean {
    const peer = this.peers.find((candidate) => candidate.nodeId === nodeId);
    if (!peer) return false;
    if (this.closed) return true;
    // The caller goes on to patch the token, and the socket may still hold it: send a copy.
    const bytes = this.sealedSender ? this.sealedSender.seal(token, length) : token.slice(0, length);
    if (!peer.blocked) peer.socket.send(bytes);
    return true;
  }

  block(nodeIds: readonly number[]): void {
    this.blockedAddresses.clear();
    for (const peer of this.peers) peer.blocked = nodeIds.includes(peer.nodeId);
    for (const { nodeId, address } of this.options.members) {
      if (nodeIds.includes(nodeId)) this.blockedAddresses.add(address);
    }
  }

  discardPending(): void {
    this.discarding = true;
    // What waited on the socket is handed over within the next turn of the event loop.
    setImmediate(() =>
      setImmediate(() => {
        this.discarding = false;
      }),
    );
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const sockets = [this.receiver, ...this.peers.map((peer) => peer.socket)];
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  }

  private datagram(bytes: Buffer, from: RemoteInfo): void {
    if (this.discarding) return;
    if (this.options.blockUnlistedIps && !this.listedAddresses.has(from.address)) return;
    if (this.blockedAddresses.size > 0 && this.blockedAddresses.has(from.address)) return;
    const { envelope } = this.options;
    if (envelope === null || this.opened === null) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.options.receive(this.span.pointAt(bytes, view, 0, bytes.length), from.address);
      return;
    }
    const length = envelope.open(bytes, 0, bytes.length, this.opened.bytes, 0);
    if (length < 0) {
      this.options.refused(from.address, openFailureReason(length, bytes, 0, bytes.length));
      return;
    }
    this.opened.length = length;
    this.options.receive(this.opened, from.address);
  }
}

async function bind(socket: Socket, address: string, port: number): Promise<void> {
  const listening = once(socket, "listening");
  socket.bind({ address, port, exclusive: true });
  await listening;
}

async function connect(socket: Socket, address: string, port: number): Promise<void> {
  const connected = once(socket, "connect");
  socket.connect(port, address);
  await connected;
}
