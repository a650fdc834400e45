import type { RemoteInfo } from "node:dgram";

/** Turns of the event loop that a token waits at most. */
const TURNS_MAX = 4;
/** Tokens that wait; more are copies of each other. */
const WAITING_MAX = 8;

/**
 * Holds tokens back until a turn of the event loop brings no multicast, so that messages sent before
 * a token are seen before it although they come on another socket (spec totem 10 step 3). It only
 * spares retransmissions: the wait is bounded.
 */
export class MulticastFirst {
  private waiting: { bytes: Uint8Array; from: RemoteInfo }[] = [];
  private turnsLeft = 0;
  private multicastSeen = false;

  constructor(private readonly deliver: (token: Uint8Array, from: RemoteInfo) => void) {}

  multicastArrived(): void {
    this.multicastSeen = true;
  }

  /** @param token must not change any more */
  hold(token: Uint8Array, from: RemoteInfo): void {
    if (this.waiting.length === WAITING_MAX) return;
    this.waiting.push({ bytes: token, from });
    if (this.waiting.length > 1) return;
    this.turnsLeft = TURNS_MAX;
    setImmediate(() => this.turnEnded());
  }

  private turnEnded(): void {
    this.turnsLeft--;
    const quiet = !this.multicastSeen;
    this.multicastSeen = false;
    if (!quiet && this.turnsLeft > 0) {
      setImmediate(() => this.turnEnded());
      return;
    }
    const { waiting } = this;
    this.waiting = [];
    for (const { bytes, from } of waiting) this.deliver(bytes, from);
  }
}
