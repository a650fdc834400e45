import { type ByteSpan, CodecError } from "@corosync/codec";
import type { ServerConnection } from "@corosync/ipc";
import type { MessageHandler, RequestHandler, ServiceEngine, ServiceHost } from "@corosync/service";
import { CPG_BEHAVIOUR, type CpgBehaviour } from "../cpg-behaviour.ts";
import { CPG_SERVICE_ID } from "../protocol/message-ids.ts";
import { procChange } from "../protocol/ring-messages.ts";
import { ClientRequests } from "./client-requests.ts";
import { Departures } from "./departures.ts";
import { GroupConnection } from "./group-connection.ts";
import { Membership } from "./membership.ts";
import { Multicast } from "./multicast.ts";
import { RingState } from "./ring-state.ts";

/** What an engine may be told. */
export interface CpgEngineOptions {
  /** Which of C's defects to avoid; all of them unless said otherwise. */
  readonly behaviour?: CpgBehaviour;
}

/** How much the engine holds; nothing of it outlives what it stands for. */
export interface CpgSizes {
  readonly connections: number;
  /** Processes of all nodes, one for each group it is in. */
  readonly processes: number;
  readonly groups: number;
  /** Entries that wait for the end of a synchronization. */
  readonly joinlist: number;
  /** Leaves of processes that died, not delivered yet. */
  readonly departures: number;
}

/** The engine as its host sees it, and a simulation that checks its bounds. */
export interface CpgServiceEngine extends ServiceEngine {
  readonly sizes: CpgSizes;
}

/** The closed process group service: groups of processes that see one order of messages and members. */
export function createCpgEngine(options: CpgEngineOptions = {}): CpgServiceEngine {
  return new CpgEngine(options.behaviour ?? CPG_BEHAVIOUR);
}

class CpgEngine implements CpgServiceEngine {
  readonly id = CPG_SERVICE_ID;
  readonly name = "corosync_cpg";
  readonly description = "corosync cluster closed process group service v1.01";
  readonly subsystem = "CPG";
  readonly ipcName = "cpg";
  readonly unloadPriority = 1;
  requests: readonly RequestHandler[] = [];
  messages: readonly MessageHandler[] = [];
  sync: RingState | null = null;
  #membership: Membership | null = null;
  #departures: Departures | null = null;

  constructor(readonly behaviour: CpgBehaviour) {}

  get sizes(): CpgSizes {
    return {
      connections: this.#membership?.connections.size ?? 0,
      processes: this.#membership?.processes.all.length ?? 0,
      groups: this.#membership?.groups.size ?? 0,
      joinlist: this.sync?.joinlistLength ?? 0,
      departures: this.#departures?.length ?? 0,
    };
  }

  start(host: ServiceHost): void {
    const membership = new Membership(host, this.behaviour);
    const departures = new Departures(membership);
    const multicast = new Multicast(membership);
    const ringState = new RingState(membership);
    this.#membership = membership;
    this.#departures = departures;
    this.sync = ringState;
    this.requests = new ClientRequests(membership, departures, multicast).handlers();
    this.messages = [
      (nodeId, message) => procJoinDelivered(membership, nodeId, message),
      (nodeId, message) => procLeaveDelivered(membership, departures, ringState, nodeId, message),
      (nodeId, message) => ringState.joinlistDelivered(nodeId, message),
      (nodeId, message) => multicast.delivered(nodeId, message),
      (nodeId) => host.logRarely("warning", "old downlist", `downlist OLD from node ${nodeId} ignored`),
      (nodeId, message) => ringState.downlistDelivered(nodeId, message),
      (nodeId, message) => multicast.partialDelivered(nodeId, message),
    ];
  }

  /**
   * What waits for the end of a synchronization is not sent: the others see this node leave, and C nodes
   * would take such a process back into their lists (spec services-cpg-sam 11, D3).
   */
  stop(): void {
    this.#departures?.sendWaiting();
  }

  connectionOpened(server: ServerConnection): void {
    this.#membership?.connections.set(server.id, new GroupConnection(server));
  }

  connectionClosed(server: ServerConnection): void {
    const connection = this.#membership?.connections.get(server.id);
    if (this.#membership === null || connection === undefined) return;
    const { group, pid, state } = connection;
    const namedEnough = this.behaviour.leaveOnlyJoinedGroup || (group?.name.length ?? 0) > 0;
    if (group !== null && state !== "leaveStarted" && namedEnough) this.#departures?.add(pid, group);
    this.#membership.forget(connection);
  }

  synchronized(): void {
    this.#departures?.sendWaiting();
  }
}

function procJoinDelivered(membership: Membership, nodeId: number, message: ByteSpan): void {
  const change = readChange(membership, nodeId, message);
  if (change !== null) membership.processJoined(nodeId, change.pid, change.name);
}

function procLeaveDelivered(
  membership: Membership,
  departures: Departures,
  ringState: RingState,
  nodeId: number,
  message: ByteSpan,
): void {
  const change = readChange(membership, nodeId, message);
  if (change === null) return;
  ringState.dropFromJoinlist(nodeId, change.pid, change.name);
  membership.processLeft(nodeId, change.pid, change.name, change.reason);
  if (nodeId === membership.host.nodeId) departures.delivered(change.pid, change.name);
}

function readChange(membership: Membership, nodeId: number, message: ByteSpan) {
  try {
    return procChange.decode(message.subarray());
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    membership.host.logRarely("warning", `change ${nodeId}`, `from node ${nodeId}: ${error.message}`);
    return null;
  }
}
