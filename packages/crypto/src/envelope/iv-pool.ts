import type { FillRandom } from "../authkey.ts";
import { SALT_BYTES } from "./cipher-suite.ts";

const POOLED_SALTS = 256;

/** Random salts, drawn from the source many at a time: one draw a packet costs more than the cipher. */
export class IvPool {
  readonly #pool = new Uint8Array(POOLED_SALTS * SALT_BYTES);
  readonly #fillRandom: FillRandom;
  #next = this.#pool.length;

  constructor(fillRandom: FillRandom) {
    this.#fillRandom = fillRandom;
  }

  /** Writes 16 bytes, never handed out before, into `out` at `offset`. */
  take(out: Uint8Array, offset: number): void {
    if (this.#next === this.#pool.length) {
      this.#fillRandom(this.#pool);
      this.#next = 0;
    }
    for (let i = 0; i < SALT_BYTES; i++) out[offset + i] = this.#pool[this.#next + i]!;
    this.#next += SALT_BYTES;
  }
}
