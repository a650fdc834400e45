import type { ByteSpan } from "@corosync/codec";
import type { CarrierServer, ConnectionHandler, PeerCredentials } from "@corosync/ipc";
import type { ServiceEngine, ServiceHost, SyncCallbacks } from "@corosync/service";
import type { ConfigurationChange, ProcessGroups, TotemGroup } from "@corosync/totem";
import type { AccessPolicy } from "./access-policy.ts";
import { MessageRouter } from "./message-router.ts";
import { type ExecutiveLog, RareLog } from "./rare-log.ts";
import { type FlowControlWord, ServiceEndpoint } from "./service-endpoint.ts";
import { SyncEngine } from "./sync-engine.ts";

const EAGAIN = 11;
const EACCES = 13;

/** What an executive stands on and what it hosts. */
export interface ExecutiveOptions {
  readonly totem: ProcessGroups;
  /** In the order in which they are started. */
  readonly services: readonly ServiceEngine[];
  readonly log: ExecutiveLog;
  /** Random 32 bits. */
  readonly random: () => number;
  /** A clock that only grows, in ms. */
  readonly nowMs: () => number;
  /** Who may connect; everyone when it is left out. */
  readonly access?: AccessPolicy;
}

/** Opens one carrier for a service's listening name. */
export type Listen = (service: string, handler: ConnectionHandler) => CarrierServer | Promise<CarrierServer>;

/** A running host of services. */
export interface Executive {
  readonly nodeId: number;
  /** True from the start, and from each configuration change, to the end of the synchronization. */
  readonly synchronizing: boolean;
  /** Serves the clients of every service over one more kind of carrier. */
  serve(listen: Listen): Promise<void>;
  /** Calls `listener` after each completed synchronization. Returns a function that ends that. */
  onSynchronized(listener: (ring: ConfigurationChange) => void): () => void;
  /** Resolves after the first completed synchronization, when clients are let in. */
  readonly ready: Promise<void>;
  /**
   * Unloads the services: clients are disconnected and their leaves multicast. Resolves when the other
   * nodes are certain to learn of them, or `signal` aborts; then the ring may be left.
   */
  close(signal?: AbortSignal): Promise<void>;
}

/** Hosts services on a ring: their messages, synchronization, clients and flow control. */
export function createExecutive(options: ExecutiveOptions): Executive {
  return new RunningExecutive(options);
}

class RunningExecutive implements Executive {
  readonly ready: Promise<void>;
  readonly #options: ExecutiveOptions;
  readonly #rareLog: RareLog;
  readonly #router: MessageRouter;
  readonly #sync: SyncEngine;
  readonly #engines: readonly ServiceEngine[];
  readonly #endpoints: ServiceEndpoint[] = [];
  readonly #listeners = new Set<(ring: ConfigurationChange) => void>();
  #synchronizing = true;
  #admitting = false;
  #ring: ConfigurationChange | null = null;
  /** A request waits for room on the ring. */
  #requestWaits = false;
  /** What waits is offered after each token. */
  #offering = false;
  #becomeReady!: () => void;
  #closed: Promise<void> | null = null;

  constructor(options: ExecutiveOptions) {
    this.#options = options;
    const { totem, log, nowMs } = options;
    this.#rareLog = new RareLog(log, nowMs);
    this.ready = new Promise((resolve) => {
      this.#becomeReady = resolve;
    });
    const services: TotemGroup = totem.join("a", {
      deliver: (nodeId, message) => this.#router.deliver(nodeId, message),
      configurationChanged: (change) => this.#configurationChanged(change),
    });
    this.#router = new MessageRouter(totem, this.#rareLog, services);
    this.#engines = [...options.services].sort((a, b) => a.id - b.id);
    for (const engine of options.services) this.#start(engine);
    const callbacks = new Map<number, SyncCallbacks>();
    for (const { id, sync } of this.#engines) if (sync !== null) callbacks.set(id, sync);
    const group = totem.join("sync", { deliver: (nodeId, message) => this.#sync.deliver(nodeId, message) });
    this.#sync = new SyncEngine(
      {
        multicast: (message: ByteSpan) => group.multicast(message),
        afterToken: (work) => totem.afterToken(work),
        completed: () => this.#synchronized(),
        complain: (nodeId, reason) =>
          this.#rareLog.write("SYNC", "warning", `node ${nodeId}`, `from node ${nodeId}: ${reason}`),
      },
      callbacks,
    );
    totem.onQueueLevel(() => this.#updateFlowControl());
    this.#updateFlowControl();
  }

  get nodeId(): number {
    return this.#options.totem.nodeId;
  }

  get synchronizing(): boolean {
    return this.#synchronizing;
  }

  async serve(listen: Listen): Promise<void> {
    for (const endpoint of this.#endpoints) {
      const server = await listen(endpoint.engine.ipcName!, endpoint);
      if (this.#closed !== null) await server.close();
      else endpoint.attach(server);
    }
  }

  onSynchronized(listener: (ring: ConfigurationChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(signal?: AbortSignal): Promise<void> {
    this.#closed ??= this.#unload(signal);
    return this.#closed;
  }

  #start(engine: ServiceEngine): void {
    this.#router.add(engine);
    engine.start(this.#hostOf(engine));
    this.#options.log("SERV", "notice", `Service engine loaded: ${engine.description} [${engine.id}]`);
    if (engine.ipcName === null) return;
    const endpoint = new ServiceEndpoint(engine, {
      isSynchronizing: () => this.#synchronizing,
      accept: (credentials) => this.#accept(credentials),
      requestWaits: () => this.#waitForRoom(),
    });
    this.#endpoints.push(endpoint);
  }

  #hostOf(engine: ServiceEngine): ServiceHost {
    const { totem, log, random } = this.#options;
    const { subsystem } = engine;
    const isSynchronizing = () => this.#synchronizing;
    return {
      nodeId: totem.nodeId,
      get synchronizing() {
        return isSynchronizing();
      },
      maxMessageBytes: totem.maxMessageBytes,
      multicast: (fn, header, payload) => this.#router.multicast(engine.id, fn, header, payload),
      afterToken: (work) => totem.afterToken(work),
      random,
      log: (level, text) => log(subsystem, level, text),
      logRarely: (level, subject, text) => this.#rareLog.write(subsystem, level, subject, text),
    };
  }

  /** Whom the service's carriers let in (spec ipc 3.4). */
  #accept(credentials: PeerCredentials | null): number {
    if (!this.#admitting) return -EAGAIN;
    if (this.#options.access?.(credentials) ?? true) return 0;
    const who = credentials === null ? "an unidentified peer" : `${credentials.uid}:${credentials.gid}`;
    this.#rareLog.write("MAIN", "error", "denied", `Denied connection attempt from ${who}`);
    return -EACCES;
  }

  /** The path of spec services-cpg-sam 1.6, for both configurations of a change. */
  #configurationChanged(change: ConfigurationChange): void {
    const interrupted = this.#synchronizing;
    this.#synchronizing = true;
    this.#updateFlowControl();
    for (const engine of this.#engines) engine.configurationChanged?.(change);
    if (interrupted) this.#sync.abort();
    if (change.kind === "transitional") {
      this.#sync.transitionalConfiguration(change.members);
      return;
    }
    this.#ring = change;
    this.#sync.regularConfiguration(change.members, change.ringId);
  }

  #synchronized(): void {
    const { log, totem } = this.#options;
    log("MAIN", "notice", "Completed service synchronization, ready to provide service.");
    this.#synchronizing = false;
    this.#admitting = true;
    totem.acknowledgeTransition();
    for (const engine of this.#engines) engine.synchronized?.();
    this.#updateFlowControl();
    for (const endpoint of this.#endpoints) endpoint.offerAgain();
    this.#becomeReady();
    for (const listener of this.#listeners) listener(this.#ring!);
  }

  /** The word of each service (spec ipc 8.3). */
  #updateFlowControl(): void {
    const critical = this.#options.totem.queueLevel === "critical";
    for (const endpoint of this.#endpoints) {
      const waits = this.#synchronizing && endpoint.engine.servesWhileSynchronizing !== true;
      const word: FlowControlWord = critical || waits ? 2 : 0;
      endpoint.setFlowControl(word);
    }
  }

  /** Offers what waits again after each token, as long as something waits. */
  #waitForRoom(): void {
    this.#requestWaits = true;
    if (this.#offering) return;
    this.#offering = true;
    this.#options.totem.afterToken(() => {
      this.#requestWaits = false;
      for (const endpoint of this.#endpoints) endpoint.offerAgain();
      this.#offering = this.#requestWaits;
      return !this.#requestWaits;
    });
  }

  async #unload(signal: AbortSignal | undefined): Promise<void> {
    const order = [...this.#engines].sort((a, b) => b.unloadPriority - a.unloadPriority || a.id - b.id);
    const closing: Promise<unknown>[] = [];
    for (const engine of order) {
      const endpoint = this.#endpoints.find((candidate) => candidate.engine === engine);
      if (endpoint !== undefined) closing.push(endpoint.close());
      engine.stop?.();
      this.#options.log("SERV", "notice", `Service engine unloaded: ${engine.description}`);
    }
    await Promise.race([this.#router.returned(), aborted(signal)]);
    for (const engine of order) this.#router.remove(engine);
    await Promise.race([Promise.all(closing), aborted(signal)]);
  }
}

/** Resolves when the signal aborts; never without one. */
function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve();
    else signal?.addEventListener("abort", () => resolve(), { once: true });
  });
}
