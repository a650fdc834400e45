import { setTimeout as delay } from "node:timers/promises";
import type { SubsystemLog } from "./logging/log-system.ts";

export interface BindAddressSearch {
  /** The local address to bind, or null while this machine has none that suits (spec config 3.7). */
  findBindAddress(): string | null;
  /** What the transport is called in the log. */
  readonly transportName: string;
  /** Time between two looks, in milliseconds. */
  readonly downcheckMs: number;
  readonly log: SubsystemLog;
  /** Ends the search. */
  readonly signal: AbortSignal;
}

/** The address to bind, waited for as long as the network is down; null when the signal ended that. */
export async function awaitBindAddress(search: BindAddressSearch): Promise<string | null> {
  const { log, signal } = search;
  log("notice", `Initializing transport (${search.transportName}).`);
  for (let looks = 0; !signal.aborted; looks++) {
    const address = search.findBindAddress();
    if (address !== null) {
      log("notice", `The network interface [${address}] is now up.`);
      return address;
    }
    if (looks === 0) {
      log(
        "warning",
        "No network interface has the address of this node or is in its network; waiting for one.",
      );
    }
    await delay(search.downcheckMs, undefined, { signal }).catch(() => undefined);
  }
  return null;
}
