import { ByteSpan, CodecError } from "@corosync/codec";
import type { SyncCallbacks } from "@corosync/service";
import type { RingId } from "@corosync/totem";
import { decodeSyncMessage, encodeBarrier, encodeServiceBuild } from "./sync-messages.ts";

/** Services of all nodes together, at most. */
const MAX_SERVICES = 64;

export interface SyncEnvironment {
  /** Multicasts to the group `sync`. False: no room. */
  multicast(message: ByteSpan): boolean;
  /** Runs `work` after each token this node sends, until it returns true. */
  afterToken(work: () => boolean): void;
  /** Every service of every member has synchronized. */
  completed(): void;
  /** A message of that node makes no sense. */
  complain(nodeId: number, reason: string): void;
}

type Phase = "idle" | "build" | "process" | "barrier";

/**
 * Leads the services of all members through their synchronization, one after the other, with a barrier
 * after each (spec services-cpg-sam 2). Everything but the moment at which this node multicasts its
 * state follows from the total order. Services that only other nodes have get their barriers too.
 */
export class SyncEngine {
  #phase: Phase = "idle";
  #ringId: RingId | null = null;
  #members: readonly number[] = [];
  /** Members whose message of the present phase has been delivered. */
  readonly #heard = new Set<number>();
  #services: number[] = [];
  #round = 0;
  /** By service: the members of every transitional configuration since it was last activated. */
  readonly #transitional = new Map<number, readonly number[]>();
  /** Numbers what is to be done after tokens; a higher number makes the former void. */
  #workTurn = 0;

  /** @param local the synchronizing services of this node by id */
  constructor(
    readonly environment: SyncEnvironment,
    readonly local: ReadonlyMap<number, SyncCallbacks>,
  ) {}

  /** A ring is left: these members come along. Call `abort` first. */
  transitionalConfiguration(members: readonly number[]): void {
    // Intersected, not overwritten as in C: who was away in between did not come along (spec 2.2).
    for (const service of this.local.keys()) {
      const before = this.#transitional.get(service) ?? members;
      this.#transitional.set(
        service,
        before.filter((id) => members.includes(id)),
      );
    }
  }

  /** A ring is installed. */
  regularConfiguration(members: readonly number[], ringId: RingId): void {
    this.abort();
    this.#ringId = ringId;
    this.#members = members;
    this.#services = [...this.local.keys()].sort((a, b) => a - b);
    this.#round = 0;
    this.#phase = "build";
    this.#send(encodeServiceBuild(ringId, this.#services));
    for (const service of this.#services) {
      const before = this.#transitional.get(service) ?? [];
      const transitional = before.filter((id) => members.includes(id));
      this.#transitional.set(service, transitional);
      this.local.get(service)!.init({ transitional, members, ringId });
    }
  }

  /** The configuration changes again: what is under way is void. */
  abort(): void {
    this.#workTurn++;
    if (this.#phase === "process" || this.#phase === "barrier") this.#current?.abort();
    this.#phase = "idle";
    this.#ringId = null;
    this.#heard.clear();
  }

  /** A message of the group `sync`. */
  deliver(nodeId: number, message: ByteSpan): void {
    try {
      const decoded = decodeSyncMessage(message);
      if (decoded === null) this.environment.complain(nodeId, "unknown synchronization message");
      else if (!sameRing(decoded.ringId, this.#ringId)) return;
      else if (decoded.kind === "barrier") this.#barrierDelivered(nodeId);
      else this.#buildDelivered(nodeId, decoded.services);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.environment.complain(nodeId, error.message);
    }
  }

  /** The callbacks of the service whose round it is, if this node has it. */
  get #current(): SyncCallbacks | undefined {
    const id = this.#services[this.#round];
    return id === undefined ? undefined : this.local.get(id);
  }

  #buildDelivered(nodeId: number, services: readonly number[]): void {
    if (this.#phase !== "build") return;
    const union = new Set([...this.#services, ...services]);
    if (union.size > MAX_SERVICES)
      throw new CodecError("sync service build", "services", `${union.size} services, limit ${MAX_SERVICES}`);
    this.#services = [...union].sort((a, b) => a - b);
    if (this.#heardFromAll(nodeId)) this.#enterRound();
  }

  #barrierDelivered(nodeId: number): void {
    if (this.#phase !== "barrier" && this.#phase !== "process") return;
    if (!this.#heardFromAll(nodeId)) return;
    this.#current?.activate();
    // Also when the services after it are given up: this one knows where it stands.
    this.#transitional.delete(this.#services[this.#round]!);
    this.#round++;
    this.#enterRound();
  }

  #heardFromAll(nodeId: number): boolean {
    if (this.#members.includes(nodeId)) this.#heard.add(nodeId);
    return this.#heard.size === this.#members.length;
  }

  #enterRound(): void {
    this.#heard.clear();
    if (this.#round >= this.#services.length) {
      this.#phase = "idle";
      this.environment.completed();
      return;
    }
    this.#phase = "process";
    this.#work(() => {
      if (this.#phase === "process" && this.#current?.process() === false) return false;
      this.#phase = "barrier";
      return this.environment.multicast(new ByteSpan(encodeBarrier(this.#ringId!)));
    });
  }

  /** Multicasts now, or after a token when there is room again; C would hang here. */
  #send(message: Uint8Array): void {
    const span = new ByteSpan(message);
    if (!this.environment.multicast(span)) this.#work(() => this.environment.multicast(span));
  }

  /** Runs `work` after tokens until it returns true or other work takes its place. */
  #work(work: () => boolean): void {
    const turn = ++this.#workTurn;
    this.environment.afterToken(() => turn !== this.#workTurn || work());
  }
}

function sameRing(a: RingId, b: RingId | null): boolean {
  return b !== null && a.representative === b.representative && a.sequence === b.sequence;
}
