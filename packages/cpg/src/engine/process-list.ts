import type { Group } from "./group.ts";

/** A process of some node in a group. A process in two groups is in the list twice. */
export interface Process {
  readonly nodeId: number;
  readonly pid: number;
  readonly group: Group;
}

/**
 * All processes of all groups and nodes, sorted by node id and pid, equal ones as they came. The order
 * of every member list comes from here (spec services-cpg-sam 3). Each group's own list is kept along.
 */
export class ProcessList {
  #all: Process[] = [];

  /** In the list's order; not to be changed. */
  get all(): readonly Process[] {
    return this.#all;
  }

  find(nodeId: number, pid: number, group: Group): Process | null {
    const list = group.processes;
    const at = positionAfter(list, nodeId, pid) - 1;
    const process = list[at];
    return process !== undefined && process.nodeId === nodeId && process.pid === pid ? process : null;
  }

  add(nodeId: number, pid: number, group: Group): Process {
    const process: Process = { nodeId, pid, group };
    this.#all.splice(positionAfter(this.#all, nodeId, pid), 0, process);
    group.processes.splice(positionAfter(group.processes, nodeId, pid), 0, process);
    group.processesOfNode.set(nodeId, (group.processesOfNode.get(nodeId) ?? 0) + 1);
    return process;
  }

  remove(process: Process): void {
    this.removeAll([process]);
  }

  removeAll(processes: readonly Process[]): void {
    if (processes.length === 0) return;
    const gone = new Set(processes);
    const groups = new Set<Group>();
    this.#all = this.#all.filter((process) => {
      if (!gone.has(process)) return true;
      groups.add(process.group);
      const counts = process.group.processesOfNode;
      const left = counts.get(process.nodeId)! - 1;
      if (left === 0) counts.delete(process.nodeId);
      else counts.set(process.nodeId, left);
      return false;
    });
    for (const group of groups) group.processes = group.processes.filter((process) => !gone.has(process));
  }

  ofNode(nodeId: number): Process[] {
    return this.#all.filter((process) => process.nodeId === nodeId);
  }
}

/** Index behind the last entry that does not sort after (nodeId, pid). */
function positionAfter(list: readonly Process[], nodeId: number, pid: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = list[middle]!;
    if (other.nodeId < nodeId || (other.nodeId === nodeId && other.pid <= pid)) low = middle + 1;
    else high = middle;
  }
  return low;
}
