import { connect } from "node:net";

/** What a connect fails with where nobody listens. */
const NOBODY = new Set(["ECONNREFUSED", "ENOENT", "ENOTDIR"]);

/**
 * Whether a process listens on an address of `serviceAddress`. One that keeps this user out counts: its
 * address cannot be had either.
 */
export function isAddressServed(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ path: address });
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", ({ code }: NodeJS.ErrnoException) => resolve(!NOBODY.has(code ?? "")));
  });
}
