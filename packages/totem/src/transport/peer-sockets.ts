import type { ConnectedSocket } from "./connected-socket.ts";
import type { Member } from "./transport.ts";

interface Peer {
  readonly member: Member;
  readonly socket: ConnectedSocket;
}

/** The sockets to the other members, one each, kept in step with the member list of a live ring. */
export class PeerSockets {
  /** For loops over all peers, which are hot. */
  sockets: readonly ConnectedSocket[] = [];
  private peers: ReadonlyMap<number, Peer> = new Map();
  private members: readonly Member[] = [];
  private blocked: readonly number[] = [];
  private changes: Promise<void> = Promise.resolve();
  private closed = false;

  /** @param open makes a socket to an address */
  constructor(
    private readonly self: number,
    private readonly open: (address: string) => Promise<ConnectedSocket>,
  ) {}

  get(nodeId: number): ConnectedSocket | undefined {
    return this.peers.get(nodeId)?.socket;
  }

  /** Whether any of the sockets is. */
  get congested(): boolean {
    for (let i = 0; i < this.sockets.length; i++) if (this.sockets[i]!.congested) return true;
    return false;
  }

  /**
   * Closes the sockets to who is not listed any more, within the call, and opens those to new members.
   * @throws the system's error when a socket can not be had; the others are kept
   */
  async setMemberList(members: readonly Member[]): Promise<void> {
    this.members = members;
    const gone = [...this.peers.values()].filter(({ member }) => !this.wants(member));
    const kept = [...this.peers].filter(([, { member }]) => this.wants(member));
    this.keep(new Map(kept));
    const opened = this.changes.then(() => this.openMissing());
    this.changes = opened.catch(() => {});
    await Promise.all([opened, ...gone.map(({ socket }) => socket.close())]);
  }

  /** Sends nothing to these nodes, until called again with others. */
  block(nodeIds: readonly number[]): void {
    this.blocked = nodeIds;
    for (const { member, socket } of this.peers.values()) socket.blocked = nodeIds.includes(member.nodeId);
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.sockets.map((socket) => socket.close()));
  }

  /** One change at a time: none opens a second socket to a member. */
  private async openMissing(): Promise<void> {
    for (const member of this.members) {
      if (!this.wants(member) || this.peers.has(member.nodeId)) continue;
      const socket = await this.open(member.address);
      // The list may have changed meanwhile.
      if (this.wants(member)) {
        socket.blocked = this.blocked.includes(member.nodeId);
        this.keep(new Map([...this.peers, [member.nodeId, { member, socket }]]));
      } else await socket.close();
    }
  }

  private keep(peers: ReadonlyMap<number, Peer>): void {
    this.peers = peers;
    this.sockets = [...peers.values()].map(({ socket }) => socket);
  }

  private wants({ nodeId, address }: Member): boolean {
    if (this.closed || nodeId === this.self) return false;
    return this.members.some((member) => member.nodeId === nodeId && member.address === address);
  }
}
