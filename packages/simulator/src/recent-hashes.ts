/** Hashes of the latest numbered things, by their number; a power of two of them. */
export class RecentHashes {
  readonly #numbers: Uint32Array;
  readonly #hashes: Uint32Array;
  readonly #known: Uint8Array;

  constructor(capacity: number) {
    this.#numbers = new Uint32Array(capacity);
    this.#hashes = new Uint32Array(capacity);
    this.#known = new Uint8Array(capacity);
  }

  /** -1 when there is none, or it was too long ago. */
  get(number: number): number {
    const at = number & (this.#numbers.length - 1);
    return this.#known[at] === 1 && this.#numbers[at] === number ? this.#hashes[at]! : -1;
  }

  set(number: number, hash: number): void {
    const at = number & (this.#numbers.length - 1);
    this.#known[at] = 1;
    this.#numbers[at] = number;
    this.#hashes[at] = hash;
  }
}
