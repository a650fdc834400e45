import { ByteSpan } from "@corosync/codec";
import type { RequestOutcome } from "@corosync/ipc";
import { CS_OK, type CsErrorName, csErrorCode } from "@corosync/service";
import { EVENT_ID, MAX_ATOMIC_MESSAGE_BYTES, PARTIAL_TYPE, RING_FN } from "../protocol/message-ids.ts";
import type { Group } from "./group.ts";
import type { GroupConnection } from "./group-connection.ts";
import type { Membership } from "./membership.ts";

// Offsets of spec services-cpg-sam 4.2, 4.3, 5.1 and 5.3, spelled out because this is the hot path: no
// object, string or view is made for a message. The tests compare with the declared layouts.
const REQUEST_DATA = 40;
const PARTIAL_REQUEST_DATA = 56;
const DATA = 184;
const PARTIAL_DATA = 200;
const NAME = 16;

/** Below this many bytes a loop copies faster than a view can be made for `set`. */
const LOOP_COPY_BYTES = 48;

/** Messages from local clients to the ring, and from the ring to local clients. */
export class Multicast {
  /** Lent to the host for each message. */
  readonly #payload = new ByteSpan(new Uint8Array(0));

  constructor(readonly membership: Membership) {}

  /** The mcast request has no response: what cannot be sent is logged and dropped, as C does. */
  request(connection: GroupConnection, request: ByteSpan): RequestOutcome {
    const { host, behaviour } = this.membership;
    const length = request.length < REQUEST_DATA ? -1 : request.u32(32);
    if (length < 0 || length > request.length - REQUEST_DATA) {
      host.logRarely("warning", "mcast request", `mcast request of ${request.length} bytes is malformed`);
      return "done";
    }
    if (!connection.sends) {
      host.logRarely("warning", "mcast state", `mcast from pid ${connection.pid}, which is in no group`);
      return "done";
    }
    if (length > MAX_ATOMIC_MESSAGE_BYTES || DATA + length > host.maxMessageBytes) {
      host.logRarely("warning", "mcast length", `mcast of ${length} bytes is too long and was dropped`);
      return "done";
    }
    if (host.synchronizing && !behaviour.keepMulticastsWhileSynchronizing) {
      host.logRarely("warning", "mcast sync", "mcast during a synchronization was dropped");
      return "done";
    }
    connection.mcast.setU32(152, length);
    this.#payload.pointAt(request.bytes, request.view, request.offset + REQUEST_DATA, length);
    return host.multicast(RING_FN.mcast, connection.mcast, this.#payload) ? "done" : "later";
  }

  /**
   * One fragment of a long message.
   * @returns the error to respond, `CS_OK` once it is multicast, or null: no room, ask again
   */
  partialRequest(connection: GroupConnection, request: ByteSpan): number | null {
    const { host } = this.membership;
    const length = request.length < PARTIAL_REQUEST_DATA ? -1 : request.u32(40);
    if (length < 0 || length > request.length - PARTIAL_REQUEST_DATA)
      return csErrorCode("CS_ERR_INVALID_PARAM");
    const type = request.u32(48);
    const error = this.#partialError(connection, length, type);
    if (error !== null) return csErrorCode(error);
    const header = connection.partialMcast;
    header.setU32(152, request.u32(32));
    header.setU32(160, length);
    header.setU32(176, type);
    this.#payload.pointAt(request.bytes, request.view, request.offset + PARTIAL_REQUEST_DATA, length);
    return host.multicast(RING_FN.partialMcast, header, this.#payload) ? CS_OK : null;
  }

  /** A change of the group between two fragments ends the message (spec services-cpg-sam 4.8). */
  #partialError(connection: GroupConnection, length: number, type: number): CsErrorName | null {
    if (type < PARTIAL_TYPE.first || type > PARTIAL_TYPE.last) return "CS_ERR_INVALID_PARAM";
    if (!connection.sends) return "CS_ERR_NOT_EXIST";
    if (length > MAX_ATOMIC_MESSAGE_BYTES || PARTIAL_DATA + length > this.membership.host.maxMessageBytes)
      return "CS_ERR_TOO_BIG";
    if (type === PARTIAL_TYPE.first) connection.transitionsAtFirstFragment = connection.transitions;
    return connection.transitions === connection.transitionsAtFirstFragment ? null : "CS_ERR_INTERRUPT";
  }

  /** MCAST delivered: a deliver event for every local connection of the group. */
  delivered(nodeId: number, message: ByteSpan): void {
    if (message.length < DATA) {
      this.#malformed(nodeId, message);
      return;
    }
    const group = this.membership.groups.find(message, NAME);
    if (group === null || group.receivers.length === 0) return;
    const length = message.u32(152);
    if (length > message.length - DATA) {
      this.#malformed(nodeId, message);
      return;
    }
    if (!group.processesOfNode.has(nodeId)) {
      this.#stranger(nodeId);
      return;
    }
    const pid = message.u32(160);
    const receivers = group.receivers;
    for (let i = 0; i < receivers.length; i++) {
      const event = receivers[i]!.server.event(DATA + length);
      const { bytes, view, offset } = event;
      startEvent(event, group, EVENT_ID.deliver);
      view.setUint32(offset + 160, length, true);
      view.setUint32(offset + 164, 0, true);
      view.setUint32(offset + 168, nodeId, true);
      view.setUint32(offset + 172, 0, true);
      view.setUint32(offset + 176, pid, true);
      view.setUint32(offset + 180, 0, true);
      copy(message.bytes, message.offset + DATA, bytes, offset + DATA, length);
    }
  }

  /** PARTIAL_MCAST delivered; putting the fragments together is the client's work. */
  partialDelivered(nodeId: number, message: ByteSpan): void {
    if (message.length < PARTIAL_DATA) {
      this.#malformed(nodeId, message);
      return;
    }
    const group = this.membership.groups.find(message, NAME);
    if (group === null || group.receivers.length === 0) return;
    const length = message.u32(160);
    if (length > message.length - PARTIAL_DATA) {
      this.#malformed(nodeId, message);
      return;
    }
    if (!group.processesOfNode.has(nodeId)) {
      this.#stranger(nodeId);
      return;
    }
    for (const { server } of group.receivers) {
      const event = server.event(PARTIAL_DATA + length);
      startEvent(event, group, EVENT_ID.partialDeliver);
      event.bytes.fill(0, event.offset + 160, event.offset + PARTIAL_DATA);
      event.setU32(160, message.u32(152));
      event.setU32(168, length);
      event.setU32(176, nodeId);
      event.setU32(184, message.u32(168));
      event.setU32(192, message.u32(176));
      copy(message.bytes, message.offset + PARTIAL_DATA, event.bytes, event.offset + PARTIAL_DATA, length);
    }
  }

  #malformed(nodeId: number, message: ByteSpan): void {
    const text = `message of ${message.length} bytes from node ${nodeId} is malformed`;
    this.membership.host.logRarely("warning", `message ${nodeId}`, text);
  }

  #stranger(nodeId: number): void {
    this.membership.host.logRarely(
      "warning",
      `stranger ${nodeId}`,
      `Unknown node ${nodeId} -> we will not deliver message`,
    );
  }
}

function startEvent(event: ByteSpan, group: Group, id: number): void {
  const { bytes, view, offset } = event;
  view.setInt32(offset, id, true);
  view.setInt32(offset + 8, event.length, true);
  view.setInt32(offset + 16, CS_OK, true);
  bytes.set(group.encodedName, offset + 24);
}

function copy(from: Uint8Array, fromAt: number, to: Uint8Array, toAt: number, length: number): void {
  if (length < LOOP_COPY_BYTES) for (let i = 0; i < length; i++) to[toAt + i] = from[fromAt + i]!;
  else to.set(from.subarray(fromAt, fromAt + length), toAt);
}
