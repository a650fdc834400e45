import { ByteSpan } from "@corosync/codec";
import { openFailureReason, type PacketEnvelope } from "@corosync/crypto";
import { FRAME_BYTES_MAX } from "../wire/mcast.ts";
import type { Member, PacketReceiver } from "./transport.ts";

/** What comes in from the sockets of a transport: opened if it was sealed, unless its sender is blocked. */
export class PacketInlet {
  private readonly span = new ByteSpan(new Uint8Array(0));
  private readonly opened: ByteSpan | null;
  private readonly blocked = new Set<string>();
  private closed = false;

  constructor(
    private readonly envelope: PacketEnvelope | null,
    private readonly receive: PacketReceiver,
    private readonly refused: (from: string, reason: string) => void,
  ) {
    this.opened = envelope ? new ByteSpan(new Uint8Array(FRAME_BYTES_MAX)) : null;
  }

  /** Drops what these nodes send, until called again with others. */
  block(nodeIds: readonly number[], members: readonly Member[]): void {
    this.blocked.clear();
    for (const { nodeId, address } of members) if (nodeIds.includes(nodeId)) this.blocked.add(address);
  }

  close(): void {
    this.closed = true;
  }

  take(bytes: Uint8Array, from: string): void {
    if (this.closed || (this.blocked.size > 0 && this.blocked.has(from))) return;
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
