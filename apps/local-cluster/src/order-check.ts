/** What the self-check found. */
export interface Verdict {
  readonly passed: boolean;
  /** One sentence for people. */
  readonly text: string;
}

/**
 * Remembers what each node delivered, in its order, and says whether all delivered the same: every
 * message sent, once, in one order. Messages are told apart by their texts, which must be unique.
 */
export class OrderCheck {
  readonly #delivered = new Map<number, string[]>();
  readonly #sent = new Set<string>();

  constructor(nodes: readonly number[]) {
    for (const node of nodes) this.#delivered.set(node, []);
  }

  sent(message: string): void {
    this.#sent.add(message);
  }

  delivered(node: number, message: string): void {
    this.#delivered.get(node)?.push(message);
  }

  get sentCount(): number {
    return this.#sent.size;
  }

  /** Whether every node has delivered as many messages as were sent. */
  get complete(): boolean {
    return [...this.#delivered.values()].every((messages) => messages.length >= this.#sent.size);
  }

  verdict(): Verdict {
    const fault = this.#fault();
    if (fault !== null) return { passed: false, text: fault };
    const nodes = this.#delivered.size === 1 ? "1 node" : `all ${this.#delivered.size} nodes`;
    return {
      passed: true,
      text: `${nodes} delivered the same ${this.#sent.size} messages in the same order`,
    };
  }

  #fault(): string | null {
    if (this.#sent.size === 0) return "no message was sent";
    let first: { node: number; messages: readonly string[] } | null = null;
    for (const [node, messages] of this.#delivered) {
      if (first !== null) {
        const at = firstDifference(first.messages, messages);
        if (at !== -1) {
          const [one, other] = [first.messages[at], messages[at]].map((text) => text ?? "nothing");
          return `delivery ${at + 1} was ${one} on node ${first.node} but ${other} on node ${node}`;
        }
      }
      first ??= { node, messages };
    }
    return first === null ? "there is no node" : this.#faultOfOne(first.node, first.messages);
  }

  #faultOfOne(node: number, messages: readonly string[]): string | null {
    const unique = new Set(messages);
    if (unique.size !== messages.length) return `node ${node} delivered a message twice`;
    for (const message of this.#sent) {
      if (!unique.has(message)) return `${message} was sent but node ${node} did not deliver it`;
    }
    for (const message of unique) {
      if (!this.#sent.has(message)) return `node ${node} delivered ${message}, which nobody sent`;
    }
    return null;
  }
}

/** Index of the first place where two lists differ, or -1. */
function firstDifference(one: readonly string[], other: readonly string[]): number {
  const length = Math.max(one.length, other.length);
  for (let index = 0; index < length; index++) {
    if (one[index] !== other[index]) return index;
  }
  return -1;
}
