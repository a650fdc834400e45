import { ByteSpan, CodecError, type Struct } from "@corosync/codec";
import type { RequestOutcome, ServerConnection } from "@corosync/ipc";
import { CS_OK, type CsErrorName, csErrorCode, type RequestHandler, responseHeader } from "@corosync/service";
import { compareNames } from "../protocol/cpg-name.ts";
import {
  DELIVER_INITIAL_TOTEM_CONF,
  ITERATION_TYPE,
  REASON,
  RESPONSE_ID,
  RING_FN,
} from "../protocol/message-ids.ts";
import {
  iterationInitializeName,
  iterationInitializeRequest,
  iterationRequest,
  joinRequest,
  leaveRequest,
  membershipGetRequest,
} from "../protocol/requests.ts";
import {
  iterationInitializeResponse,
  iterationNextResponse,
  localGetResponse,
  MEMBERSHIP_GET_RESPONSE_BYTES,
  writeMembership,
} from "../protocol/responses.ts";
import { procChange } from "../protocol/ring-messages.ts";
import type { Departures } from "./departures.ts";
import type { GroupConnection } from "./group-connection.ts";
import { Iterations, snapshot } from "./iteration.ts";
import type { Membership } from "./membership.ts";
import type { Multicast } from "./multicast.ts";

const BARE_RESPONSE_BYTES = responseHeader.size;

/** Writes the header of a response and answers its bytes. */
function respond(connection: GroupConnection, id: number, error: number, size: number): Uint8Array {
  const response = connection.server.respond(size).subarray();
  response.fill(0);
  responseHeader.encodeInto({ id, size, error }, response);
  return response;
}

function respondError(connection: GroupConnection, id: number, error: CsErrorName | null): RequestOutcome {
  respond(connection, id, error === null ? CS_OK : csErrorCode(error), BARE_RESPONSE_BYTES);
  return "done";
}

/** The request's fields, or null when it is too short or a field in it is out of range. */
function decode<T>(layout: Struct<T>, request: ByteSpan): T | null {
  try {
    return layout.decode(request.subarray());
  } catch (error) {
    if (error instanceof CodecError) return null;
    throw error;
  }
}

/** What clients ask for (spec services-cpg-sam 3.1, 5). */
export class ClientRequests {
  constructor(
    readonly membership: Membership,
    readonly departures: Departures,
    readonly multicast: Multicast,
  ) {}

  /** Handlers by request id. */
  handlers(): readonly RequestHandler[] {
    const keep = this.membership.behaviour.keepMulticastsWhileSynchronizing;
    return [
      this.#handler(true, (connection, request) => this.#join(connection, request)),
      this.#handler(true, (connection, request) => this.#leave(connection, request)),
      this.#handler(keep, (connection, request) => this.multicast.request(connection, request)),
      this.#handler(false, (connection, request) => this.#membershipGet(connection, request)),
      this.#handler(false, (connection) => this.#localGet(connection)),
      this.#handler(false, (connection, request) => this.#iterationInitialize(connection, request)),
      this.#handler(false, (connection, request) => this.#iterationNext(connection, request)),
      this.#handler(false, (connection, request) => this.#iterationFinalize(connection, request)),
      this.#handler(true, (connection) => this.#finalize(connection)),
      this.#handler(true, zeroCopy),
      this.#handler(true, zeroCopy),
      this.#handler(true, zeroCopy),
      this.#handler(true, (connection, request) => this.#partialMcast(connection, request)),
    ];
  }

  #handler(
    flowControl: boolean,
    handle: (connection: GroupConnection, request: ByteSpan) => RequestOutcome,
  ): RequestHandler {
    // The connection that spoke last mostly speaks next; this spares the look-up.
    let last: GroupConnection | null = null;
    return {
      flowControl,
      handle: (server: ServerConnection, request: ByteSpan) => {
        if (last?.server !== server) last = this.membership.connections.get(server.id) ?? null;
        return last === null ? "done" : handle(last, request);
      },
    };
  }

  #join(connection: GroupConnection, request: ByteSpan): RequestOutcome {
    const fields = decode(joinRequest, request);
    if (fields === null) {
      const tooLong = request.length >= joinRequest.size;
      const error = tooLong ? "CS_ERR_NAME_TOO_LONG" : "CS_ERR_INVALID_PARAM";
      return respondError(connection, RESPONSE_ID.join, error);
    }
    const { name, pid, flags } = fields;
    const error = this.#joinError(connection, name, pid);
    if (error !== null) return respondError(connection, RESPONSE_ID.join, error);
    const message = procChange.encode({ name, pid, reason: REASON.join });
    const { host, groups } = this.membership;
    if (!host.multicast(RING_FN.procJoin, new ByteSpan(message))) return "later";
    const wantsTotem = (flags & DELIVER_INITIAL_TOTEM_CONF) !== 0;
    this.membership.enter(connection, groups.obtain(name), pid, wantsTotem);
    return respondError(connection, RESPONSE_ID.join, null);
  }

  #joinError(connection: GroupConnection, name: Uint8Array, pid: number): CsErrorName | null {
    const { host, groups, processes } = this.membership;
    const group = groups.findName(name);
    if (group !== null) {
      if (this.membership.localConnection(pid, group) !== null) return "CS_ERR_EXIST";
      if (processes.find(host.nodeId, pid, group) !== null) return "CS_ERR_TRY_AGAIN";
      if (this.departures.has(pid, group)) return "CS_ERR_TRY_AGAIN";
    }
    if (connection.state === "unjoined") return null;
    return connection.state === "leaveStarted" ? "CS_ERR_BUSY" : "CS_ERR_EXIST";
  }

  #leave(connection: GroupConnection, request: ByteSpan): RequestOutcome {
    const fields = decode(leaveRequest, request);
    if (fields === null) return respondError(connection, RESPONSE_ID.leave, "CS_ERR_INVALID_PARAM");
    const error = this.#leaveError(connection, fields.name);
    if (error !== null) return respondError(connection, RESPONSE_ID.leave, error);
    const { host, behaviour } = this.membership;
    const ours = behaviour.leaveOnlyJoinedGroup;
    const message = procChange.encode({
      name: ours ? connection.group!.name : fields.name,
      pid: ours ? connection.pid : fields.pid,
      reason: REASON.leave,
    });
    if (!host.multicast(RING_FN.procLeave, new ByteSpan(message))) return "later";
    connection.state = "leaveStarted";
    return respondError(connection, RESPONSE_ID.leave, null);
  }

  #leaveError(connection: GroupConnection, name: Uint8Array): CsErrorName | null {
    if (connection.state === "joinStarted") return "CS_ERR_BUSY";
    if (connection.state !== "joinCompleted") return "CS_ERR_NOT_EXIST";
    if (!this.membership.behaviour.leaveOnlyJoinedGroup) return null;
    return compareNames(connection.group!.name, name) === 0 ? null : "CS_ERR_NOT_EXIST";
  }

  #partialMcast(connection: GroupConnection, request: ByteSpan): RequestOutcome {
    const error = this.multicast.partialRequest(connection, request);
    if (error === null) return "later";
    respond(connection, RESPONSE_ID.partialSend, error, BARE_RESPONSE_BYTES);
    return "done";
  }

  #membershipGet(connection: GroupConnection, request: ByteSpan): RequestOutcome {
    const fields = decode(membershipGetRequest, request);
    const error = fields === null ? csErrorCode("CS_ERR_INVALID_PARAM") : CS_OK;
    const response = respond(connection, RESPONSE_ID.membershipGet, error, MEMBERSHIP_GET_RESPONSE_BYTES);
    const group = fields === null ? null : this.membership.groups.findName(fields.name);
    const members = group?.processes ?? [];
    writeMembership(
      response,
      members.map(({ nodeId, pid }) => ({ nodeId, pid, reason: REASON.undefined })),
    );
    return "done";
  }

  #localGet(connection: GroupConnection): RequestOutcome {
    const response = respond(connection, RESPONSE_ID.localGet, CS_OK, localGetResponse.size);
    new DataView(response.buffer, response.byteOffset).setUint32(24, this.membership.host.nodeId, true);
    return "done";
  }

  #iterationInitialize(connection: GroupConnection, request: ByteSpan): RequestOutcome {
    const { handle, error } = this.#openIteration(connection, request);
    const id = RESPONSE_ID.iterationInitialize;
    const number = error === null ? CS_OK : csErrorCode(error);
    const response = respond(connection, id, number, iterationInitializeResponse.size);
    new DataView(response.buffer, response.byteOffset).setBigUint64(24, handle, true);
    return "done";
  }

  #openIteration(
    connection: GroupConnection,
    request: ByteSpan,
  ): { handle: bigint; error: CsErrorName | null } {
    const type = decode(iterationInitializeRequest, request)?.type ?? 0;
    if (type < ITERATION_TYPE.nameOnly || type > ITERATION_TYPE.all)
      return { handle: 0n, error: "CS_ERR_INVALID_PARAM" };
    const oneGroup = type === ITERATION_TYPE.oneGroup;
    const name = oneGroup ? decode(iterationInitializeName, request)?.name : undefined;
    if (oneGroup && name === undefined) return { handle: 0n, error: "CS_ERR_INVALID_PARAM" };
    const { groups, processes, host } = this.membership;
    const group = name === undefined ? null : groups.findName(name);
    connection.iterations ??= new Iterations();
    const handle = connection.iterations.open(snapshot(processes.all, type, group), host.random());
    return handle === null ? { handle: 0n, error: "CS_ERR_NO_RESOURCES" } : { handle, error: null };
  }

  #iterationNext(connection: GroupConnection, request: ByteSpan): RequestOutcome {
    const fields = decode(iterationRequest, request);
    const next = fields === null ? "unknown" : (connection.iterations?.next(fields.handle) ?? "unknown");
    const found = typeof next !== "string";
    const error = next === "end" ? "CS_ERR_NO_SECTIONS" : "CS_ERR_LIBRARY";
    const number = found ? CS_OK : csErrorCode(error);
    const response = respond(connection, RESPONSE_ID.iterationNext, number, iterationNextResponse.size);
    if (found) {
      const header = response.slice(0, BARE_RESPONSE_BYTES);
      iterationNextResponse.encodeInto(next, response);
      response.set(header);
    }
    return "done";
  }

  #iterationFinalize(connection: GroupConnection, request: ByteSpan): RequestOutcome {
    const fields = decode(iterationRequest, request);
    const closed = fields !== null && connection.iterations?.close(fields.handle) === true;
    return respondError(connection, RESPONSE_ID.iterationFinalize, closed ? null : "CS_ERR_LIBRARY");
  }

  /** No more events from here on; the leave follows when the connection closes. */
  #finalize(connection: GroupConnection): RequestOutcome {
    this.membership.silence(connection);
    return respondError(connection, RESPONSE_ID.finalize, null);
  }
}

/** Zero copy hands addresses of the daemon's memory to clients; refused as newer versions do (5.4). */
function zeroCopy(connection: GroupConnection): RequestOutcome {
  return respondError(connection, RESPONSE_ID.zeroCopy, "CS_ERR_NOT_SUPPORTED");
}
