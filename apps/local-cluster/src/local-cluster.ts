import type { Chat, ChatEvents, RingView } from "./chat.ts";
import type { NodePlace } from "./cluster-configuration.ts";
import type { EventKind } from "./event-line.ts";
import { inTime } from "./in-time.ts";
import { blockedBy } from "./line-command.ts";
import { type NodeExit, NodeProcess } from "./node-process.ts";

/** A daemon that has not let its client go by then is not asked any more. */
const LEAVE_DEADLINE_MS = 3_000;
/** A line of a daemon's log that is no complaint. */
const CALM_LINE = /^\w{3} +\d+ [\d:.]+ (?:notice|info|debug|trace) /;

export interface LocalClusterOptions {
  readonly places: readonly NodePlace[];
  /** Main module of the daemon. */
  readonly daemonEntryPath: string;
  join(place: NodePlace, events: ChatEvents): Promise<Chat>;
  /** Something for people to see. */
  event(node: number | null, kind: EventKind, text: string): void;
  /** A node delivered what another said. */
  delivered(node: number, from: number, text: string): void;
  /** The nodes in the group changed in the eyes of a node. */
  groupChanged(node: number, nodes: readonly number[]): void;
}

interface ClusterNode {
  readonly number: number;
  readonly place: NodePlace;
  readonly process: NodeProcess;
  chat: Chat | null;
  ring: RingView | null;
  group: readonly number[];
}

/** Daemons as processes on this machine, and a client of each in one group. */
export class LocalCluster {
  /** Resolves, with what happened, when a daemon has ended that nobody told to. */
  readonly broken: Promise<string>;
  readonly #options: LocalClusterOptions;
  readonly #nodes = new Map<number, ClusterNode>();
  #blocked = new Map<number, number[]>();
  #closing = false;
  #resolveBroken!: (text: string) => void;

  constructor(options: LocalClusterOptions) {
    this.#options = options;
    this.broken = new Promise((resolve) => {
      this.#resolveBroken = resolve;
    });
    for (const place of options.places) this.#nodes.set(place.number, this.#createNode(place));
  }

  get nodeCount(): number {
    return this.#nodes.size;
  }

  /** Starts all daemons and joins the group on each. @throws Error when one does not come up */
  async start(): Promise<void> {
    await Promise.all([...this.#nodes.values()].map((node) => this.#startNode(node)));
  }

  /** @throws Error when the node does not run or refuses */
  async say(number: number, text: string): Promise<void> {
    const { chat } = this.#node(number);
    if (chat === null) throw new Error(`node ${number} does not run; \`restart ${number}\` starts it`);
    await chat.say(text);
  }

  async kill(number: number): Promise<void> {
    await this.#running(number).kill();
  }

  async stop(number: number): Promise<void> {
    await this.#running(number).stop();
  }

  async restart(number: number): Promise<void> {
    const node = this.#node(number);
    await node.process.stop();
    await this.#startNode(node);
  }

  /** Cuts the network between the sides. */
  partition(sides: readonly (readonly number[])[]): void {
    this.#block(blockedBy(sides));
    this.#options.event(null, "network", `cut: ${sides.map((side) => side.join(" ")).join(" | ")}`);
  }

  heal(): void {
    this.#block(new Map());
    this.#options.event(null, "network", "healed: every node hears every node");
  }

  /** What each node takes for the truth, a line a node. */
  describe(): string[] {
    return [...this.#nodes.values()].map((node) => {
      if (!node.process.running) return `node ${node.number}  ${node.place.address}  not running`;
      const ring = node.ring === null ? "no ring yet" : ringText(node.ring);
      const group = node.group.join(" ");
      return `node ${node.number}  ${node.place.address}  process ${node.process.pid}  ${ring}  group: ${group}`;
    });
  }

  /** Stops all daemons cleanly; those that hang are killed. */
  async close(): Promise<void> {
    this.#options.event(null, "stop", "all nodes leave");
    this.#closing = true;
    const nodes = [...this.#nodes.values()];
    await Promise.all(nodes.map((node) => this.#leaveGroup(node)));
    await Promise.all(nodes.map((node) => node.process.stop()));
  }

  /** Ends all daemons without waiting: for the last moment of this process. */
  killNow(): void {
    for (const node of this.#nodes.values()) node.process.killNow();
  }

  #createNode(place: NodePlace): ClusterNode {
    const { number } = place;
    const node: ClusterNode = {
      number,
      place,
      process: new NodeProcess(place, this.#options.daemonEntryPath, (exit) => this.#exited(node, exit)),
      chat: null,
      ring: null,
      group: [],
    };
    return node;
  }

  async #startNode(node: ClusterNode): Promise<void> {
    const started = node.process.start();
    node.process.block(this.#blocked.get(node.number) ?? []);
    await started;
    this.#options.event(node.number, "start", `daemon ${node.process.pid} on ${node.place.address}`);
    node.chat = await this.#options.join(node.place, {
      message: (from, text) => this.#options.delivered(node.number, from, text),
      membership: (nodes, reason) => {
        node.group = nodes;
        this.#event(node, "group", `${reason}; group: ${nodes.join(" ")}`);
        this.#options.groupChanged(node.number, nodes);
      },
      ring: (ring) => {
        node.ring = ring;
        this.#event(node, "ring", ringText(ring));
      },
      disconnected: () => {
        node.chat = null;
      },
    });
  }

  async #leaveGroup(node: ClusterNode): Promise<void> {
    if (node.chat === null) return;
    // What it rejects with says only that its daemon has died.
    const left = node.chat.close().catch(() => undefined);
    if (await inTime(left, LEAVE_DEADLINE_MS)) return;
    this.#options.event(node.number, "trouble", "the daemon does not answer");
  }

  #exited(node: ClusterNode, exit: NodeExit): void {
    node.chat = null;
    node.ring = null;
    node.group = [];
    const how = exit.signal === null ? `left with exit code ${exit.code}` : `was ended by ${exit.signal}`;
    if (exit.overdue) {
      this.#options.event(node.number, "trouble", "the daemon did not leave and was killed");
      return;
    }
    if (exit.expected) {
      this.#event(node, "stop", `the daemon ${how}`);
      return;
    }
    this.#options.event(node.number, "trouble", `the daemon ${how}; its last words:`);
    for (const line of exit.lastLines) {
      this.#options.event(node.number, CALM_LINE.test(line) ? "log" : "trouble", line);
    }
    this.#resolveBroken(`the daemon of node ${node.number} ${how}`);
  }

  /** Nobody wants to read how each node sees every other one leave at the end. */
  #event(node: ClusterNode, kind: EventKind, text: string): void {
    if (!this.#closing) this.#options.event(node.number, kind, text);
  }

  #block(blocked: Map<number, number[]>): void {
    this.#blocked = blocked;
    for (const node of this.#nodes.values()) node.process.block(blocked.get(node.number) ?? []);
  }

  #node(number: number): ClusterNode {
    const node = this.#nodes.get(number);
    if (node === undefined) throw new Error(`there is no node ${number}`);
    return node;
  }

  #running(number: number): NodeProcess {
    const { process } = this.#node(number);
    if (!process.running) throw new Error(`node ${number} does not run`);
    return process;
  }
}

function ringText(ring: RingView): string {
  return `ring ${ring.id}, members: ${ring.members.join(" ")}`;
}
