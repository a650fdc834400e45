import type { ClientConnection } from "@corosync/ipc";
import { CsError } from "@corosync/service";
import { CPG_NAME_MAX_BYTES } from "../protocol/cpg-name.ts";
import { ITERATION_TYPE, REQUEST_ID } from "../protocol/message-ids.ts";
import {
  encodeBareRequest,
  encodeRequest,
  iterationInitializeName,
  iterationRequest,
  membershipGetRequest,
} from "../protocol/requests.ts";
import {
  decodeMembership,
  decodeResponse,
  iterationInitializeResponse,
  iterationNextResponse,
  localGetResponse,
  requireOk,
} from "../protocol/responses.ts";
import { abortable } from "./abortable.ts";
import type { CpgMember } from "./cpg-event.ts";

/** A group's name: text goes as UTF-8. At most 128 bytes. */
export type GroupName = string | Uint8Array;

/** @throws CsError CS_ERR_NAME_TOO_LONG */
export function groupNameBytes(name: GroupName, operation: string): Uint8Array {
  const bytes = typeof name === "string" ? new TextEncoder().encode(name) : name;
  if (bytes.length > CPG_NAME_MAX_BYTES) throw new CsError("CS_ERR_NAME_TOO_LONG", operation);
  return bytes;
}

/** The node id of the executive. */
export async function readLocalNodeId(connection: ClientConnection, signal?: AbortSignal): Promise<number> {
  const response = await abortable(connection.request(encodeBareRequest(REQUEST_ID.localGet)), signal);
  return decodeResponse(response, localGetResponse, "cpg local_get").nodeId;
}

/** The members of any group, joined or not, by node id and pid. */
export async function readMembership(
  connection: ClientConnection,
  name: GroupName,
  signal?: AbortSignal,
): Promise<CpgMember[]> {
  const fields = { name: groupNameBytes(name, "cpg membership_get") };
  const request = encodeRequest(REQUEST_ID.membershipGet, membershipGetRequest, fields);
  const response = await abortable(connection.request(request), signal);
  requireOk(response, "cpg membership_get");
  return decodeMembership(response).map(({ nodeId, pid }) => ({ nodeId, pid }));
}

/** A process as an iteration names it; node id and pid are 0 when only names are asked for. */
export interface GroupEntry extends CpgMember {
  readonly name: Uint8Array;
}

/** Which groups are listed. */
export interface GroupIterationOptions {
  /** Only this group's processes. */
  readonly group?: GroupName;
  /** Each group once. Not together with `group`. */
  readonly namesOnly?: boolean;
  readonly signal?: AbortSignal;
}

/** All groups and processes of the cluster, as they are at the first step, newest group first. */
export async function* iterateGroups(
  connection: ClientConnection,
  options: GroupIterationOptions = {},
): AsyncGenerator<GroupEntry, void, undefined> {
  const { group, namesOnly, signal } = options;
  const type =
    group !== undefined
      ? ITERATION_TYPE.oneGroup
      : namesOnly === true
        ? ITERATION_TYPE.nameOnly
        : ITERATION_TYPE.all;
  const name = groupNameBytes(group ?? "", "cpg iteration_initialize");
  const opening = encodeRequest(REQUEST_ID.iterationInitialize, iterationInitializeName, { name, type });
  const opened = await abortable(connection.request(opening), signal);
  const { handle } = decodeResponse(opened, iterationInitializeResponse, "cpg iteration_initialize");
  const next = encodeRequest(REQUEST_ID.iterationNext, iterationRequest, { handle });
  try {
    for (;;) {
      const response = await abortable(connection.request(next), signal);
      yield decodeResponse(response, iterationNextResponse, "cpg iteration_next");
    }
  } catch (error) {
    if (!(error instanceof CsError && error.code === "CS_ERR_NO_SECTIONS")) throw error;
  } finally {
    const closing = encodeRequest(REQUEST_ID.iterationFinalize, iterationRequest, { handle });
    // A connection that broke has closed the iteration already.
    await connection.request(closing).catch(() => undefined);
  }
}
