import type { RemoteInfo, Socket } from "node:dgram";
import type { PacketBatch } from "../ring/packet-batch.ts";
import { ConnectedSocket } from "./connected-socket.ts";
import { bindSocket, closeSockets, SOCKET_BUFFER_BYTES, udpSocket } from "./dgram-socket.ts";
import { InterfaceWatch } from "./interface-watch.ts";
import { localEnd, withoutZone } from "./local-end.ts";
import { PacketInlet } from "./packet-inlet.ts";
import { PendingDiscard } from "./pending-discard.ts";
import { type PacketSeal, packetSeal } from "./sealed-sender.ts";
import type { Transport, TransportOptions } from "./transport.ts";

export interface UdpuOptions extends TransportOptions {
  /** Drop datagrams whose source address is no member's (spec totem 15.1). */
  readonly blockUnlistedIps: boolean;
}

interface Peer {
  readonly nodeId: number;
  readonly socket: ConnectedSocket;
}

/** Unicast UDP (spec totem 15): every packet goes to every configured member on its own. */
export class UdpuTransport implements Transport {
  private readonly inlet: PacketInlet;
  private readonly seal: PacketSeal;
  private readonly interfaceWatch: InterfaceWatch;
  private readonly listedAddresses: ReadonlySet<string>;
  private readonly discard = new PendingDiscard();
  private closed = false;

  private constructor(
    private readonly options: UdpuOptions,
    private readonly receiver: Socket,
    private readonly peers: readonly Peer[],
  ) {
    const { envelope, members, bindAddress, log } = options;
    this.inlet = new PacketInlet(envelope, options.receive, options.refused);
    this.seal = packetSeal(envelope, options.batchPackets, options.packetBytes);
    this.interfaceWatch = new InterfaceWatch(bindAddress, log);
    this.listedAddresses = new Set(members.map(({ address }) => address));
    receiver.on("message", (bytes, from) => this.datagram(bytes, from));
    receiver.on("error", (error) => log("error", `UDP receive socket: ${error.message}`));
  }

  /** Binds the sockets. @throws the system's error when the address or port can not be had */
  static async open(options: UdpuOptions): Promise<UdpuTransport> {
    const local = localEnd(options.bindAddress);
    const receiver = udpSocket(local, false);
    const opened: Socket[] = [receiver];
    try {
      await bindSocket(receiver, local.address, options.port);
      receiver.setRecvBufferSize(SOCKET_BUFFER_BYTES);
      const peers: Peer[] = [];
      for (const { nodeId, address } of options.members) {
        if (nodeId === options.nodeId) continue;
        const sender = udpSocket(local, false);
        opened.push(sender);
        await bindSocket(sender, local.address, 0);
        const socket = await ConnectedSocket.open(sender, local.zoned(address), options.port);
        peers.push({ nodeId, socket });
      }
      return new UdpuTransport(options, receiver, peers);
    } catch (error) {
      for (const socket of opened) socket.close();
      throw error;
    }
  }

  multicast(batch: PacketBatch): void {
    if (this.closed) return;
    const { bytes, offsets, lengths, count } = this.seal.sealBatch(batch);
    const { peers } = this;
    for (let i = 0; i < count; i++) {
      for (let p = 0; p < peers.length; p++) peers[p]!.socket.send(bytes, offsets[i]!, lengths[i]!);
    }
  }

  multicastControl(packet: Uint8Array): void {
    if (this.closed) return;
    const bytes = this.seal.seal(packet, packet.length);
    const outcome = this.interfaceWatch.round(this.peers.length);
    for (const { socket } of this.peers) socket.sendReporting(bytes, outcome);
  }

  sendToken(nodeId: number, token: Uint8Array, length: number): boolean {
    const peer = this.peers.find((candidate) => candidate.nodeId === nodeId);
    if (!peer) return false;
    if (this.closed) return true;
    // The caller goes on to patch the token, and the socket may still hold it: send a copy.
    const bytes = this.seal.seal(token, length);
    peer.socket.send(bytes, 0, bytes.length);
    return true;
  }

  block(nodeIds: readonly number[]): void {
    for (const { nodeId, socket } of this.peers) socket.blocked = nodeIds.includes(nodeId);
    this.inlet.block(nodeIds, this.options.members);
  }

  discardPending(): void {
    this.discard.start();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.inlet.close();
    await closeSockets([this.receiver, ...this.peers.map((peer) => peer.socket.socket)]);
  }

  private datagram(bytes: Buffer, from: RemoteInfo): void {
    if (this.discard.active) return;
    const address = withoutZone(from.address);
    if (this.options.blockUnlistedIps && !this.listedAddresses.has(address)) return;
    this.inlet.take(bytes, address);
  }
}
