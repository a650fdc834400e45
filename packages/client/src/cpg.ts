import {
  type CpgGroup,
  type CpgGroupOptions,
  type CpgMember,
  type GroupEntry,
  type GroupName,
  iterateGroups,
  joinGroup,
  readLocalNodeId,
  readMembership,
} from "@corosync/cpg";
import type { Connections } from "./connections.ts";

const SERVICE = "cpg";

/** How a group is joined, and how its events are taken. */
export interface CpgJoinOptions extends CpgGroupOptions {
  /** The process to be in the group. Default this process; a pid can be in a group once on each node. */
  readonly pid?: number;
  readonly signal?: AbortSignal;
}

/** Which groups are listed. */
export interface GroupListOptions {
  /** Only this group's processes. */
  readonly group?: GroupName;
  /** Each group once, with node id and pid 0. */
  readonly namesOnly?: boolean;
  readonly signal?: AbortSignal;
}

/** The closed process group service. */
export class Cpg {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /**
   * Joins a group. Resolves when this process is a member; its own join is the first event.
   * @throws CsError CS_ERR_EXIST when this process is a member already, CS_ERR_NAME_TOO_LONG
   */
  async join(name: GroupName, options: CpgJoinOptions = {}): Promise<CpgGroup> {
    const connection = await this.#connections.open(SERVICE, options.signal);
    return joinGroup(connection, name, { ...options, pid: options.pid ?? process.pid });
  }

  /** The members of any group, by node id and pid. */
  async membership(name: GroupName, signal?: AbortSignal): Promise<CpgMember[]> {
    return readMembership(await this.#connections.shared(SERVICE), name, signal);
  }

  /** All groups and their processes in the cluster, newest group first. */
  async *groups(options: GroupListOptions = {}): AsyncGenerator<GroupEntry, void, undefined> {
    yield* iterateGroups(await this.#connections.shared(SERVICE), options);
  }

  /** The node id of the executive we are connected to. */
  async localNodeId(signal?: AbortSignal): Promise<number> {
    return readLocalNodeId(await this.#connections.shared(SERVICE), signal);
  }
}
