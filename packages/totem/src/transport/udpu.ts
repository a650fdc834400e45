import type { RemoteInfo, Socket } from "node:dgram";
import type { PacketBatch } from "../ring/packet-batch.ts";
import { addressFamily } from "./address-family.ts";
import { ConnectedSocket } from "./connected-socket.ts";
import { boundSocket, closeSockets, SOCKET_BUFFER_BYTES } from "./dgram-socket.ts";
import { InterfaceWatch } from "./interface-watch.ts";
import { type LocalEnd, localEnd, withoutZone } from "./local-end.ts";
import { PacketInlet } from "./packet-inlet.ts";
import { PeerSockets } from "./peer-sockets.ts";
import { PendingDiscard } from "./pending-discard.ts";
import { type PacketSeal, packetSeal } from "./sealed-sender.ts";
import { type Member, type Transport, type TransportOptions, unlisted } from "./transport.ts";

export interface UdpuOptions extends TransportOptions {
  /** Drop datagrams whose source address is no member's (spec totem 15.1). */
  readonly blockUnlistedIps: boolean;
}

/** Unicast UDP (spec totem 15): every packet goes to every configured member on its own. */
export class UdpuTransport implements Transport {
  private readonly inlet: PacketInlet;
  private readonly seal: PacketSeal;
  private readonly interfaceWatch: InterfaceWatch;
  private readonly discard = new PendingDiscard();
  private readonly peers: PeerSockets;
  private members: readonly Member[];
  private listedAddresses: ReadonlySet<string> = new Set();
  private closed = false;

  private constructor(
    private readonly options: UdpuOptions,
    local: LocalEnd,
    private readonly receiver: Socket,
  ) {
    const { nodeId, members, bindAddress, port, envelope } = options;
    this.members = members;
    this.inlet = new PacketInlet(members, envelope, options.receive, options.refused);
    this.seal = packetSeal(envelope, options.batchPackets, options.packetBytes);
    this.interfaceWatch = new InterfaceWatch({ ...options, address: bindAddress });
    this.peers = new PeerSockets(nodeId, (address) => openSender(local, address, port));
  }

  /** Binds the sockets. @throws the system's error when the address or port can not be had */
  static async open(options: UdpuOptions): Promise<UdpuTransport> {
    const local = localEnd(options.bindAddress);
    const receiver = await boundSocket(local, local.address, options.port);
    const transport = new UdpuTransport(options, local, receiver);
    try {
      receiver.setRecvBufferSize(SOCKET_BUFFER_BYTES);
      await transport.openPeers(options.members);
    } catch (error) {
      await transport.close();
      throw error;
    }
    receiver.on("message", (bytes, from) => transport.datagram(bytes, from));
    receiver.on("error", (error) => options.log("error", `UDP receive socket: ${error.message}`));
    return transport;
  }

  get congested(): boolean {
    return this.peers.congested;
  }

  multicast(batch: PacketBatch): void {
    if (this.closed) return;
    const { bytes, offsets, lengths, count } = this.seal.sealBatch(batch);
    const { sockets } = this.peers;
    for (let i = 0; i < count; i++) {
      for (let p = 0; p < sockets.length; p++) sockets[p]!.send(bytes, offsets[i]!, lengths[i]!);
    }
  }

  multicastControl(packet: Uint8Array): void {
    if (this.closed) return;
    const bytes = this.seal.seal(packet, packet.length);
    const { sockets } = this.peers;
    const outcome = this.interfaceWatch.round(sockets.length);
    for (const socket of sockets) socket.sendReporting(bytes, outcome);
  }

  sendToken(nodeId: number, token: Uint8Array, length: number): boolean {
    const peer = this.peers.get(nodeId);
    if (!peer) return false;
    if (this.closed) return true;
    // The caller goes on to patch the token, and the socket may still hold it: send a copy.
    const bytes = this.seal.seal(token, length);
    peer.send(bytes, 0, bytes.length);
    return true;
  }

  async setMemberList(members: readonly Member[]): Promise<void> {
    if (this.closed) return;
    const { log, bindAddress } = this.options;
    addressFamily(bindAddress, members);
    for (const member of unlisted(this.members, members)) {
      log("notice", `removing UDPU member {${member.address}}`);
    }
    for (const member of unlisted(members, this.members)) {
      log("notice", `adding new UDPU member {${member.address}}`);
    }
    this.members = members;
    this.inlet.setMemberList(members);
    await this.openPeers(members);
  }

  private openPeers(members: readonly Member[]): Promise<void> {
    this.listedAddresses = new Set(members.map(({ address }) => address));
    return this.peers.setMemberList(members);
  }

  block(nodeIds: readonly number[]): void {
    this.peers.block(nodeIds);
    this.inlet.block(nodeIds);
  }

  discardPending(): void {
    this.discard.start();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.inlet.close();
    await Promise.all([closeSockets([this.receiver]), this.peers.close()]);
  }

  private datagram(bytes: Buffer, from: RemoteInfo): void {
    if (this.discard.active) return;
    const address = withoutZone(from.address);
    if (this.options.blockUnlistedIps && !this.listedAddresses.has(address)) return;
    this.inlet.take(bytes, address);
  }
}

async function openSender(local: LocalEnd, address: string, port: number): Promise<ConnectedSocket> {
  const sender = await boundSocket(local, local.address, 0);
  return ConnectedSocket.open(sender, local.zoned(address), port);
}
