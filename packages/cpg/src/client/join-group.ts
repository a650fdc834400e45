import type { ClientConnection } from "@corosync/ipc";
import { CsError } from "@corosync/service";
import { DELIVER_INITIAL_TOTEM_CONF, REQUEST_ID } from "../protocol/message-ids.ts";
import { encodeRequest, joinRequest } from "../protocol/requests.ts";
import { requireOk } from "../protocol/responses.ts";
import { abortable, pause } from "./abortable.ts";
import { CpgGroup, type CpgGroupOptions } from "./cpg-group.ts";
import { type GroupName, groupNameBytes, readLocalNodeId } from "./queries.ts";

/** A join is repeated while a former process of the same pid is still leaving. */
const JOIN_ATTEMPTS = 500;
const JOIN_RETRY_MS = 10;

/** How a group is joined on a connection. */
export interface JoinOptions extends CpgGroupOptions {
  /** The process to be in the group; a pid can be in a group once on each node. */
  readonly pid: number;
  readonly signal?: AbortSignal;
}

/**
 * Joins a group on a connection of its own, which closes with the group. Resolves when the own join has
 * been delivered; that event is the first one.
 *
 * @throws CsError CS_ERR_EXIST when the pid is in the group already, CS_ERR_NAME_TOO_LONG, and what the
 *   connection fails with; the signal's reason when it aborts. The connection is then closed.
 */
export async function joinGroup(
  connection: ClientConnection,
  name: GroupName,
  options: JoinOptions,
): Promise<CpgGroup> {
  try {
    const bytes = groupNameBytes(name, "cpg join");
    const nodeId = await readLocalNodeId(connection, options.signal);
    const group = new CpgGroup(connection, { name: bytes, nodeId, pid: options.pid }, options);
    const joined = group.joined();
    joined.catch(() => undefined); // a refused join is reported below
    await requestJoin(connection, bytes, options);
    await abortable(joined, options.signal);
    return group;
  } catch (error) {
    void connection.close();
    throw error;
  }
}

async function requestJoin(
  connection: ClientConnection,
  name: Uint8Array,
  options: JoinOptions,
): Promise<void> {
  const flags = options.initialConfiguration === false ? 0 : DELIVER_INITIAL_TOTEM_CONF;
  const request = encodeRequest(REQUEST_ID.join, joinRequest, { name, pid: options.pid, flags });
  for (let attempt = 1; ; attempt++) {
    try {
      requireOk(await abortable(connection.request(request), options.signal), "cpg join");
      return;
    } catch (error) {
      const leaving =
        error instanceof CsError && (error.code === "CS_ERR_TRY_AGAIN" || error.code === "CS_ERR_BUSY");
      if (!leaving || attempt === JOIN_ATTEMPTS) throw error;
    }
    await pause(JOIN_RETRY_MS, options.signal);
  }
}
