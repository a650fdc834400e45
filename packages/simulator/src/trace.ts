/** Takes down what happens: always as a hash, as lines where somebody reads them. */
export class Trace {
  #hash = 0x811c9dc5;
  readonly #print: ((line: string) => void) | null;

  constructor(print: ((line: string) => void) | null) {
    this.#print = print;
  }

  /** @param value what tells this event from another of its kind */
  add(nowMs: number, nodeId: number, kind: string, value: number, text: () => string): void {
    this.#mix(Math.round(nowMs * 1000) >>> 0);
    this.#mix(nodeId);
    for (let i = 0; i < kind.length; i++) this.#mix(kind.charCodeAt(i));
    this.#mix(value);
    if (this.#print === null) return;
    const seconds = (nowMs / 1000).toFixed(6).padStart(14);
    this.#print(`${seconds}  ${String(nodeId).padStart(3)}  ${kind.padEnd(12)}  ${text()}`);
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, "0");
  }

  #mix(value: number): void {
    let hash = this.#hash ^ value;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    this.#hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ (hash >>> 16);
  }
}

/** FNV-1a of a range of bytes. */
export function hashBytes(bytes: Uint8Array, offset: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[offset + i]!, 0x01000193);
  return hash >>> 0;
}
