import { setTimeout as delay } from "node:timers/promises";
import { strerrorWithNumber } from "@corosync/errno";

/** As often as the C daemon tries again (spec totem 15.2). */
const RETRIES = 10;
/** Longer by as much before each further attempt. */
const PAUSE_MS = 100;

/**
 * Opens sockets, again and again while the system has not got ready for them: an IPv6 address can not
 * be bound for a second or two after it appeared, and a former daemon may still hold the port.
 * @param wait for this many milliseconds
 * @throws what the last attempt throws; any error but those of binding at once
 */
export async function withBindRetries<T>(
  open: () => Promise<T>,
  warn: (text: string) => void,
  wait: (ms: number) => Promise<unknown> = delay,
): Promise<T> {
  for (let retry = 1; ; retry++) {
    try {
      return await open();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EADDRINUSE" && code !== "EADDRNOTAVAIL") throw error;
      warn(`bind token socket failed: ${strerrorWithNumber(error)}${placeOf(error)}`);
      if (retry > RETRIES) throw error;
      await wait(PAUSE_MS * retry);
    }
  }
}

/** What could not be bound, where Node tells it. */
function placeOf(error: unknown): string {
  const { address, port } = error as { readonly address?: unknown; readonly port?: unknown };
  return typeof address === "string" ? `: ${address} port ${port}` : "";
}
