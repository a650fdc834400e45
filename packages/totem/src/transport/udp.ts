import type { RemoteInfo, Socket } from "node:dgram";
import type { PacketBatch } from "../ring/packet-batch.ts";
import { addressFamily } from "./address-family.ts";
import { ConnectedSocket } from "./connected-socket.ts";
import { boundSocket, closeSockets, SOCKET_BUFFER_BYTES } from "./dgram-socket.ts";
import { InterfaceWatch } from "./interface-watch.ts";
import { type LocalEnd, localEnd, withoutZone } from "./local-end.ts";
import { MulticastFirst } from "./multicast-first.ts";
import { PacketInlet } from "./packet-inlet.ts";
import { PeerSockets } from "./peer-sockets.ts";
import { PendingDiscard } from "./pending-discard.ts";
import { type PacketSeal, packetSeal } from "./sealed-sender.ts";
import type { Member, Transport, TransportOptions } from "./transport.ts";

const BROADCAST_ADDRESS = "255.255.255.255";

/** Where the udp transport sends what is for everybody. */
export interface MulticastGroup {
  /** In numbers, of the family of the bind address. */
  readonly address: string;
  /** Routers that packets pass, plus one; the hop limit of IPv6. */
  readonly ttl: number;
  /** Broadcasts on the local network instead, IPv4 only; the address is not used. */
  readonly broadcast: boolean;
}

export interface UdpOptions extends TransportOptions {
  readonly multicast: MulticastGroup;
}

interface UdpSockets {
  /** Receives what is for everybody. */
  readonly group: Socket;
  /** Receives tokens. */
  readonly token: Socket;
  readonly toGroup: ConnectedSocket;
  readonly toPeers: PeerSockets;
}

/**
 * Multicast or broadcast UDP (spec totem 15.2): what is for everybody goes once to a group, tokens go
 * to the successor's own address. Any host of the group is heard, configured or not, as in C.
 */
export class UdpTransport implements Transport {
  private readonly inlet: PacketInlet;
  private readonly seal: PacketSeal;
  private readonly interfaceWatch: InterfaceWatch;
  private readonly discard = new PendingDiscard();
  private readonly multicastFirst: MulticastFirst;
  private closed = false;

  private constructor(
    private readonly options: UdpOptions,
    private readonly sockets: UdpSockets,
    refresh: () => void,
  ) {
    const { envelope, bindAddress, log } = options;
    this.inlet = new PacketInlet(options.members, envelope, options.receive, options.refused);
    this.seal = packetSeal(envelope, options.batchPackets, options.packetBytes);
    this.interfaceWatch = new InterfaceWatch({ ...options, address: bindAddress, refresh });
    this.multicastFirst = new MulticastFirst((token, from) =>
      this.inlet.take(token, withoutZone(from.address)),
    );
    const { group, token } = sockets;
    group.on("message", (bytes, from) => this.groupDatagram(bytes, from));
    group.on("error", (error) => log("error", `UDP multicast socket: ${error.message}`));
    token.on("message", (bytes, from) => this.multicastFirst.hold(bytes, from));
    token.on("error", (error) => log("error", `UDP token socket: ${error.message}`));
  }

  /** Binds the sockets and joins the group. @throws the system's error when that is not possible */
  static async open(options: UdpOptions): Promise<UdpTransport> {
    const layout = new UdpLayout(options);
    const sockets = await layout.open();
    if (options.envelope === null) {
      const { address, broadcast } = options.multicast;
      options.log(
        "warning",
        `Without encryption any host that sends to ${broadcast ? BROADCAST_ADDRESS : address} can disturb the ring: keep the group and its port to this cluster.`,
      );
    }
    return new UdpTransport(options, sockets, () => layout.refresh(sockets));
  }

  get congested(): boolean {
    return this.sockets.toGroup.congested || this.sockets.toPeers.congested;
  }

  multicast(batch: PacketBatch): void {
    if (this.closed) return;
    const { bytes, offsets, lengths, count } = this.seal.sealBatch(batch);
    for (let i = 0; i < count; i++) this.sockets.toGroup.send(bytes, offsets[i]!, lengths[i]!);
  }

  multicastControl(packet: Uint8Array): void {
    if (this.closed) return;
    const bytes = this.seal.seal(packet, packet.length);
    const { toGroup, toPeers } = this.sockets;
    toGroup.sendReporting(bytes, this.interfaceWatch.round(1));
    for (const peer of toPeers.sockets) peer.connect();
  }

  sendToken(nodeId: number, token: Uint8Array, length: number): boolean {
    const peer = this.sockets.toPeers.get(nodeId);
    if (!peer) return false;
    if (this.closed) return true;
    // The caller goes on to patch the token, and the socket may still hold it: send a copy.
    const bytes = this.seal.seal(token, length);
    peer.send(bytes, 0, bytes.length);
    return true;
  }

  /** The group still carries what this node sends: who is removed should stop, or remove this node too. */
  async setMemberList(members: readonly Member[]): Promise<void> {
    if (this.closed) return;
    addressFamily(this.options.bindAddress, members);
    this.inlet.setMemberList(members);
    await this.sockets.toPeers.setMemberList(members);
  }

  /** The group still carries what this node sends: the others must block this node too. */
  block(nodeIds: readonly number[]): void {
    this.sockets.toPeers.block(nodeIds);
    this.inlet.block(nodeIds);
  }

  /** Tokens stay (spec totem 13.3). */
  discardPending(): void {
    this.discard.start();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.inlet.close();
    const { group, token, toGroup, toPeers } = this.sockets;
    await Promise.all([closeSockets([group, token]), toGroup.close(), toPeers.close()]);
  }

  private groupDatagram(bytes: Buffer, from: RemoteInfo): void {
    this.multicastFirst.multicastArrived();
    if (this.discard.active) return;
    const address = withoutZone(from.address);
    // Broadcasts, and multicasts on the loopback interface, come back whatever IP_MULTICAST_LOOP says.
    if (address !== this.options.bindAddress) this.inlet.take(bytes, address);
  }
}

/** How the sockets of one transport are laid out (spec totem 15.2). */
class UdpLayout {
  private readonly local: LocalEnd;
  private readonly groupAddress: string;

  constructor(private readonly options: UdpOptions) {
    const { bindAddress, multicast } = options;
    this.local = localEnd(bindAddress);
    this.groupAddress = multicast.broadcast ? BROADCAST_ADDRESS : this.local.zoned(multicast.address);
  }

  /** Leaves nothing open when it throws. */
  async open(): Promise<UdpSockets> {
    const { members, nodeId, port } = this.options;
    const toPeers = new PeerSockets(nodeId, (address) => this.sender(this.local.zoned(address)));
    const opened: Socket[] = [];
    try {
      const token = await boundSocket(this.local, this.local.address, port, true);
      opened.push(token);
      token.setRecvBufferSize(SOCKET_BUFFER_BYTES);
      const toGroup = await this.sender(this.groupAddress);
      opened.push(toGroup.socket);
      await toPeers.setMemberList(members);
      const group = await boundSocket(this.local, this.groupAddress, port, true);
      opened.push(group);
      group.setRecvBufferSize(SOCKET_BUFFER_BYTES);
      this.joinGroup(group);
      return { group, token, toGroup, toPeers };
    } catch (error) {
      await Promise.all([closeSockets(opened), toPeers.close()]);
      throw error;
    }
  }

  /** An interface that was away may have come back as another one, which knows nothing of the group. */
  refresh({ group, toGroup }: UdpSockets): void {
    if (this.options.multicast.broadcast) return;
    for (const apply of [() => this.joinGroup(group), () => this.selectInterface(toGroup.socket)]) {
      try {
        apply();
      } catch {
        // Still away, or still a member (EADDRINUSE).
      }
    }
  }

  /** Sends from the port before the ring's, as C does; connected, for the sake of order. */
  private async sender(address: string): Promise<ConnectedSocket> {
    const socket = await boundSocket(this.local, this.local.address, this.options.port - 1, true);
    const { broadcast, ttl } = this.options.multicast;
    try {
      if (broadcast) socket.setBroadcast(true);
      else {
        socket.setMulticastLoopback(false);
        socket.setMulticastTTL(ttl);
        this.selectInterface(socket);
      }
    } catch (error) {
      socket.close();
      throw error;
    }
    return ConnectedSocket.open(socket, address, this.options.port);
  }

  private joinGroup(group: Socket): void {
    if (this.options.multicast.broadcast) group.setBroadcast(true);
    else group.addMembership(this.groupAddress, this.local.multicastInterface);
  }

  private selectInterface(socket: Socket): void {
    socket.setMulticastInterface(this.local.multicastInterface);
  }
}
