import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { strerror } from "@corosync/errno";
import type { Executive } from "@corosync/executive";
import { AddressInUseError, isAddressServed, listenStream, serviceAddress } from "@corosync/ipc";
import { DaemonExit } from "./daemon-exit.ts";
import { EXIT } from "./exit-code.ts";
import type { LogSystem } from "./logging/log-system.ts";
import { alreadyRunning } from "./pid-file.ts";

/**
 * Lets clients reach the services of the executive.
 *
 * @param socketDirectory folder of the sockets, or null for the abstract names of libqb
 * @throws DaemonExit 18 when another process serves these names, 20 when they cannot be had
 */
export function serveClients(
  executive: Executive,
  socketDirectory: string | null,
  logs: LogSystem,
): Promise<void> {
  const log = logs.subsystem("QB");
  return executive.serve((service, handler) => {
    const address = serviceAddress(service, socketDirectory ?? undefined);
    log("info", `server name: ${service}`);
    return listenStream({ service, address, handler, log }).catch((error: unknown) => {
      if (error instanceof AddressInUseError) throw alreadyRunning(error);
      const where = socketDirectory === null ? service : address;
      const reason = `Can't listen for clients at ${where}: ${listenFault(error, address)}`;
      logs.subsystem("SERV")("error", `Service engine '${service}' failed to load for reason '${reason}'`);
      throw new DaemonExit(EXIT.serviceStart, reason, { cause: error });
    });
  });
}

/**
 * Makes sure that no other daemon serves these names, before anything of the ring is touched.
 * @throws DaemonExit 18 when one does
 */
export async function refuseServedNames(
  services: readonly string[],
  socketDirectory: string | null,
): Promise<void> {
  for (const service of services) {
    const address = serviceAddress(service, socketDirectory ?? undefined);
    if (await isAddressServed(address)) throw alreadyRunning(new AddressInUseError(address));
  }
}

function listenFault(error: unknown, address: string): string {
  // libuv says EACCES for a folder that is not there.
  if (!address.startsWith("\0") && !existsSync(dirname(address))) return "No such file or directory";
  return strerror(error);
}
