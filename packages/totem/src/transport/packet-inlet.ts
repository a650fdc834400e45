import { ByteSpan } from "@corosync/codec";
import { openFailureReason, type PacketEnvelope } from "@corosync/crypto";
import { FRAME_BYTES_MAX } from "../wire/mcast.ts";
import type { Member, PacketReceiver } from "./transport.ts";

/** Addresses of former members that are remembered. */
const REMOVED_MAX = 1024;

/**
 * What comes in from the sockets of a transport, opened if it was sealed. Packets of blocked nodes and
 * of nodes that were removed from the member list are dropped.
 */
export class PacketInlet {
  private readonly span = new ByteSpan(new Uint8Array(0));
  private readonly opened: ByteSpan | null;
  private blocked: readonly number[] = [];
  private readonly removed = new Set<string>();
  private unheard: ReadonlySet<string> = new Set();
  private closed = false;

  constructor(
    private members: readonly Member[],
    private readonly envelope: PacketEnvelope | null,
    private readonly receive: PacketReceiver,
    private readonly refused: (from: string, reason: string) => void,
  ) {
    this.opened = envelope ? new ByteSpan(new Uint8Array(FRAME_BYTES_MAX)) : null;
  }

  /** Drops what these nodes send, until called again with others. */
  block(nodeIds: readonly number[]): void {
    this.blocked = nodeIds;
    this.refilter();
  }

  /** Drops what former members send, until they are listed again. */
  setMemberList(members: readonly Member[]): void {
    for (const { address } of this.members) this.removed.add(address);
    for (const { address } of members) this.removed.delete(address);
    for (const address of this.removed) {
      if (this.removed.size <= REMOVED_MAX) break;
      this.removed.delete(address);
    }
    this.members = members;
    this.refilter();
  }

  private refilter(): void {
    const blocked = this.members.filter(({ nodeId }) => this.blocked.includes(nodeId));
    this.unheard = new Set([...this.removed, ...blocked.map(({ address }) => address)]);
  }

  close(): void {
    this.closed = true;
  }

  take(bytes: Uint8Array, from: string): void {
    if (this.closed || (this.unheard.size > 0 && this.unheard.has(from))) return;
    if (this.envelope === null || this.opened === null) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.receive(this.span.pointAt(bytes, view, 0, bytes.length), from);
      return;
    }
    const length = this.envelope.open(bytes, 0, bytes.length, this.opened.bytes, 0);
    if (length < 0) {
      this.refused(from, openFailureReason(length, bytes, 0, bytes.length));
      return;
    }
    this.opened.length = length;
    this.receive(this.opened, from);
  }
}
