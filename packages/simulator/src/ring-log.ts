import { ByteSpan } from "@corosync/codec";
import type { ConfigurationChange, ProcessGroups, RingId, TotemGroup } from "@corosync/totem";
import { hashView } from "./byte-hash.ts";
import type { RingChecks } from "./ring-checks.ts";
import { readTrailer, TRAILER_BYTES, writeTrailer } from "./ring-message.ts";

/** A multicast of the CPG engine, by service and function, and where it names the process. */
const CPG_MCAST = { id: 0x0002_0003, headerBytes: 184, pidAt: 160 } as const;

/**
 * Stands between one life of a node and what is above and below: tells the checks what happens, and
 * puts a trailer behind each message that names it.
 */
export class RingLog {
  #numbers = 0;
  /** How many messages each process of this node has multicast, by pid. */
  readonly #clientNumbers = new Map<number, number>();
  readonly #header = new ByteSpan(new Uint8Array(0));
  readonly #payload = new ByteSpan(new Uint8Array(0));
  #buffer = new ByteSpan(new Uint8Array(4096));

  constructor(
    readonly nodeId: number,
    readonly checks: RingChecks,
  ) {}

  /** The ring goes into COMMIT. */
  committed(ringId: RingId): void {
    this.checks.committed(ringId);
  }

  /** A mcast leaves the ring. */
  mcastSent(packet: ByteSpan): void {
    this.checks.mcastSent(packet);
  }

  /** A token, or a commit token, leaves the ring. */
  tokenSent(target: number, packet: ByteSpan): void {
    this.checks.tokenSent(target, packet);
  }

  /** The life is over. */
  end(): void {
    this.checks.life.alive = false;
  }

  /** The same process groups, watched. */
  watch(groups: ProcessGroups): ProcessGroups {
    let first = true;
    return {
      nodeId: groups.nodeId,
      maxMessageBytes: groups.maxMessageBytes - TRAILER_BYTES,
      get queueLevel() {
        return groups.queueLevel;
      },
      acknowledgeTransition: () => {
        this.checks.life.synchronizing = false;
        groups.acknowledgeTransition();
      },
      afterToken: (work) => groups.afterToken(work),
      onQueueLevel: (listener) => groups.onQueueLevel(listener),
      join: (name, receiver): TotemGroup => {
        const announces = first;
        first = false;
        const group = groups.join(name, {
          deliver: (from, message) => {
            this.#delivered(from, message);
            receiver.deliver(from, message);
          },
          configurationChanged: (change: ConfigurationChange) => {
            if (announces) this.checks.changed(change);
            receiver.configurationChanged?.(change);
          },
        });
        return { multicast: (header, payload) => this.#multicast(group, header, payload) };
      },
    };
  }

  #multicast(group: TotemGroup, header: ByteSpan, payload: ByteSpan | undefined): boolean {
    const { life } = this.checks;
    const contentBytes = header.length + (payload?.length ?? 0);
    const whole = this.#room(contentBytes + TRAILER_BYTES);
    whole.bytes.set(header.subarray());
    if (payload !== undefined) whole.bytes.set(payload.subarray(), header.length);
    const hash = hashView(whole.view, 0, contentBytes);
    const number = this.#numbers;
    writeTrailer(whole.view, contentBytes, { nodeId: this.nodeId, life: life.number, number, hash });
    // In one piece or in two, as it came: the ring treats them differently.
    if (payload === undefined ? !group.multicast(whole) : !this.#multicastSplit(group, whole, header.length))
      return false;
    this.#numbers++;
    this.checks.sent(number, hash, this.#clientName(header));
    return true;
  }

  #multicastSplit(group: TotemGroup, { bytes, view, length }: ByteSpan, headerBytes: number): boolean {
    this.#payload.pointAt(bytes, view, headerBytes, length - headerBytes);
    return group.multicast(this.#header.pointAt(bytes, view, 0, headerBytes), this.#payload);
  }

  #room(length: number): ByteSpan {
    if (this.#buffer.bytes.length < length) this.#buffer = new ByteSpan(new Uint8Array(2 * length));
    this.#buffer.length = length;
    return this.#buffer;
  }

  /** `node/pid:number` for a message of a process; the engine multicasts them in their order. */
  #clientName(header: ByteSpan): string | null {
    if (header.length !== CPG_MCAST.headerBytes || header.u32(0) !== CPG_MCAST.id) return null;
    const pid = header.u32(CPG_MCAST.pidAt);
    const number = this.#clientNumbers.get(pid) ?? 0;
    this.#clientNumbers.set(pid, number + 1);
    return `${this.nodeId}/${pid}:${number}`;
  }

  /** Checks a message and takes its trailer off. */
  #delivered(from: number, message: ByteSpan): void {
    const contentBytes = message.length - TRAILER_BYTES;
    if (contentBytes < 0) {
      this.checks.delivered(from, { nodeId: 0, life: 0, number: 0, hash: 0 }, -1);
      return;
    }
    const trailer = readTrailer(message.view, message.offset + contentBytes);
    this.checks.delivered(from, trailer, hashView(message.view, message.offset, contentBytes));
    message.length = contentBytes;
  }
}
