import { CS_OK, responseHeader, type ServiceHost, type SyncStart } from "@corosync/service";
import type { CpgBehaviour } from "../cpg-behaviour.ts";
import type { ProcessAddress } from "../protocol/address-entry.ts";
import { compareNames, groupText } from "../protocol/cpg-name.ts";
import { confchgLength, totemConfchgLength, writeConfchg, writeTotemConfchg } from "../protocol/events.ts";
import { EVENT_ID, REASON } from "../protocol/message-ids.ts";
import { type Group, GroupTable } from "./group.ts";
import type { GroupConnection } from "./group-connection.ts";
import { type Process, ProcessList } from "./process-list.ts";

/** Entries in one list of a membership event: libcpg copies lists into arrays of this many. */
const MAX_EVENT_ENTRIES = 128;

/** Who is in which group, and telling the local connections about it. */
export class Membership {
  readonly groups = new GroupTable();
  readonly processes = new ProcessList();
  readonly connections = new Map<number, GroupConnection>();
  /** Connections that get no events any more although they are not closed yet. */
  readonly #finalized = new Set<GroupConnection>();
  /** Members of the ring at the last completed activation. */
  viewMembers: readonly number[] = [];
  ringId: SyncStart["ringId"] = { representative: 0, sequence: 0 };

  constructor(
    readonly host: ServiceHost,
    readonly behaviour: CpgBehaviour,
  ) {}

  get listening(): Iterable<GroupConnection> {
    return this.connections.values();
  }

  /** Gives the connection a group; it gets events from its own join on. */
  enter(connection: GroupConnection, group: Group, pid: number, wantsTotemConfiguration: boolean): void {
    this.letGo(connection);
    group.holders++;
    connection.enter(group, pid, this.host.nodeId, wantsTotemConfiguration);
  }

  /** Takes the connection out of its group's lists, and the group from the connection. */
  letGo(connection: GroupConnection): void {
    const group = connection.group;
    connection.state = "unjoined";
    connection.group = null;
    if (group === null) return;
    group.receivers = group.receivers.filter((other) => other !== connection);
    group.holders--;
    this.groups.release(group);
  }

  /** No more events for this connection; it still counts as a process until it is closed. */
  silence(connection: GroupConnection): void {
    this.#finalized.add(connection);
    const group = connection.group;
    if (group !== null) group.receivers = group.receivers.filter((other) => other !== connection);
  }

  forget(connection: GroupConnection): void {
    this.#finalized.delete(connection);
    this.connections.delete(connection.server.id);
    this.letGo(connection);
  }

  isSilenced(connection: GroupConnection): boolean {
    return this.#finalized.has(connection);
  }

  /** The local connection that joined that group under that pid, if it is still there. */
  localConnection(pid: number, group: Group): GroupConnection | null {
    for (const connection of this.connections.values()) {
      if (connection.pid === pid && connection.group === group && !this.#finalized.has(connection))
        return connection;
    }
    return null;
  }

  /** PROCJOIN delivered: a known process is ignored. */
  processJoined(nodeId: number, pid: number, name: Uint8Array): void {
    const group = this.groups.obtain(name);
    if (this.processes.find(nodeId, pid, group) !== null) return;
    this.processes.add(nodeId, pid, group);
    this.announce(group, [], [{ nodeId, pid, reason: REASON.join }]);
  }

  /** PROCLEAVE delivered: told to the group even when the process is unknown (spec 4.1). */
  processLeft(nodeId: number, pid: number, name: Uint8Array, reason: number): void {
    const group = this.groups.findName(name);
    if (group === null) return;
    const process = this.processes.find(nodeId, pid, group);
    if (process !== null) this.processes.remove(process);
    this.announce(group, [{ nodeId, pid, reason }], []);
  }

  /** Removes processes and tells each group once, groups in byte order of their names. */
  removeTogether(processes: readonly Process[], reason: number): void {
    this.processes.removeAll(processes);
    for (const [group, left] of byGroup(processes, reason)) this.announce(group, left, []);
  }

  /** Tells each group of its new processes, groups in byte order; they are in the list already. */
  announceTogether(processes: readonly Process[], reason: number): void {
    for (const [group, joined] of byGroup(processes, reason)) this.announce(group, [], joined);
  }

  /** One membership event to every local connection of the group (spec services-cpg-sam 4.7). */
  announce(group: Group, left: readonly ProcessAddress[], joined: readonly ProcessAddress[]): void {
    const rounds = Math.max(1, Math.ceil(Math.max(left.length, joined.length) / MAX_EVENT_ENTRIES));
    for (let round = 0; round < rounds; round++) {
      const from = round * MAX_EVENT_ENTRIES;
      const to = from + MAX_EVENT_ENTRIES;
      this.#announceOnce(group, left, left.slice(from, to), joined.slice(from, to));
    }
    this.groups.release(group);
  }

  #announceOnce(
    group: Group,
    gone: readonly ProcessAddress[],
    left: readonly ProcessAddress[],
    joined: readonly ProcessAddress[],
  ): void {
    const all = group.processes.filter((p) => !gone.some((g) => g.nodeId === p.nodeId && g.pid === p.pid));
    if (all.length > MAX_EVENT_ENTRIES)
      this.host.logRarely(
        "warning",
        "members",
        `group ${groupText(group.name)} has ${all.length} members, events name the first ${MAX_EVENT_ENTRIES}`,
      );
    const members = all
      .slice(0, MAX_EVENT_ENTRIES)
      .map(({ nodeId, pid }) => ({ nodeId, pid, reason: REASON.undefined }));
    this.#completeJoins(group, joined);
    const change = { name: group.name, members, left, joined };
    for (const connection of group.receivers) {
      const event = connection.server.event(confchgLength(change));
      const bytes = event.subarray();
      writeConfchg(bytes, change);
      responseHeader.encodeInto({ id: EVENT_ID.confchg, size: bytes.length, error: CS_OK }, bytes);
      connection.transitions++;
    }
    this.#completeLeaves(group, left);
    for (const connection of this.listening) {
      if (connection.wantsTotemConfiguration && !connection.gotTotemConfiguration)
        this.sendTotemConfiguration(connection);
    }
  }

  #completeJoins(group: Group, joined: readonly ProcessAddress[]): void {
    for (const { nodeId, pid } of joined) {
      if (nodeId !== this.host.nodeId) continue;
      const connection = this.localConnection(pid, group);
      if (connection?.state !== "joinStarted") continue;
      connection.state = "joinCompleted";
      group.receivers = [...group.receivers, connection];
    }
  }

  #completeLeaves(group: Group, left: readonly ProcessAddress[]): void {
    if (!this.behaviour.leaveResetsConnection) return;
    for (const { nodeId, pid } of left) {
      if (nodeId !== this.host.nodeId) continue;
      const connection = this.localConnection(pid, group);
      if (connection?.state === "leaveStarted") this.letGo(connection);
    }
  }

  /** The ring's id and members, to one connection, joined or not. */
  sendTotemConfiguration(connection: GroupConnection): void {
    if (this.#finalized.has(connection)) return;
    connection.gotTotemConfiguration = true;
    const event = connection.server.event(totemConfchgLength(this.viewMembers.length));
    const bytes = event.subarray();
    writeTotemConfchg(bytes, { ringId: this.ringId, members: this.viewMembers });
    responseHeader.encodeInto({ id: EVENT_ID.totemConfchg, size: bytes.length, error: CS_OK }, bytes);
  }
}

function byGroup(processes: readonly Process[], reason: number): [Group, ProcessAddress[]][] {
  const lists = new Map<Group, ProcessAddress[]>();
  for (const { group, nodeId, pid } of processes) {
    const list = lists.get(group);
    if (list === undefined) lists.set(group, [{ nodeId, pid, reason }]);
    else list.push({ nodeId, pid, reason });
  }
  return [...lists].sort(([a], [b]) => compareNames(a.name, b.name));
}
