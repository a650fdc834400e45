import { randomFillSync } from "node:crypto";

/** Fills `bytes` from the system's cryptographic random source. */
export function fillSystemRandom(bytes: Uint8Array): void {
  randomFillSync(bytes);
}
