import type { ByteSpan } from "@corosync/codec";
import { messageId, requestHeader, type ServiceEngine } from "@corosync/service";
import type { ProcessGroups, TotemGroup } from "@corosync/totem";
import type { RareLog } from "./rare-log.ts";

/** Services have ids 0..63 (spec services-cpg-sam 1.1). */
const MAX_SERVICES = 64;

/** Messages of the services on the ring, in the group `a` (spec services-cpg-sam 1.4, 1.5). */
export class MessageRouter {
  readonly #engines: (ServiceEngine | null)[] = new Array<ServiceEngine | null>(MAX_SERVICES).fill(null);
  readonly #group: TotemGroup;
  #sent = 0;
  #returned = 0;
  #whenReturned: (() => void) | null = null;

  constructor(
    readonly totem: ProcessGroups,
    readonly rareLog: RareLog,
    group: TotemGroup,
  ) {
    this.#group = group;
  }

  add(engine: ServiceEngine): void {
    if (!Number.isInteger(engine.id) || engine.id < 0 || engine.id >= MAX_SERVICES)
      throw new RangeError(`service ${engine.name} has id ${engine.id}, which is not in 0..63`);
    if (this.#engines[engine.id] !== null)
      throw new Error(
        `services ${this.#engines[engine.id]!.name} and ${engine.name} both have id ${engine.id}`,
      );
    this.#engines[engine.id] = engine;
  }

  /** Its messages are dropped from here on. */
  remove(engine: ServiceEngine): void {
    this.#engines[engine.id] = null;
  }

  /** Multicasts for an engine; id and size are written into its header. */
  multicast(service: number, fn: number, header: ByteSpan, payload: ByteSpan | undefined): boolean {
    const size = header.length + (payload === undefined ? 0 : payload.length);
    if (size > this.totem.maxMessageBytes)
      throw new RangeError(`message of ${size} bytes exceeds ${this.totem.maxMessageBytes}`);
    header.setI32(0, messageId(service, fn));
    header.setI32(8, size);
    if (!this.#group.multicast(header, payload)) return false;
    this.#sent++;
    return true;
  }

  /** A message was delivered. A service that only other nodes have is passed over in silence. */
  deliver(nodeId: number, message: ByteSpan): void {
    if (nodeId === this.totem.nodeId) this.#countReturned();
    if (message.length < requestHeader.size) {
      const text = `message of ${message.length} bytes from node ${nodeId} has no header`;
      this.rareLog.write("SERV", "warning", `short ${nodeId}`, text);
      return;
    }
    const id = message.i32(0);
    const engine = this.#engines[id >>> 16];
    if (engine === null || engine === undefined) return;
    const handler = engine.messages[id & 0xffff];
    if (handler === undefined) {
      const text = `discarded unknown message ${id & 0xffff} for service ${id >>> 16} (max id ${engine.messages.length})`;
      this.rareLog.write("SERV", "warning", `unknown ${nodeId}`, text);
      return;
    }
    handler(nodeId, message);
  }

  /** Resolves when everything multicast so far has come back, so that all members have it or will. */
  returned(): Promise<void> {
    if (this.#returned >= this.#sent) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenReturned = resolve;
    });
  }

  #countReturned(): void {
    this.#returned++;
    if (this.#whenReturned !== null && this.#returned >= this.#sent) {
      this.#whenReturned();
      this.#whenReturned = null;
    }
  }
}
