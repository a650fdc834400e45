import { randomInt } from "node:crypto";
import { createCpgEngine } from "@corosync/cpg";
import { createEnvelope, fillSystemRandom } from "@corosync/crypto";
import { strerrorWithNumber } from "@corosync/errno";
import { accessPolicy, createExecutive, type Executive } from "@corosync/executive";
import { AddressInUseError, listenStream, serviceAddress } from "@corosync/ipc";
import { type OpenTotem, openTotem, RingIdFileError } from "@corosync/totem";
import { DaemonExit } from "./daemon-exit.ts";
import { EXIT } from "./exit-code.ts";
import type { LogSystem } from "./logging/log-system.ts";
import type { NodeSettings } from "./node-settings.ts";
import { alreadyRunning } from "./pid-file.ts";

/** Longest wait for the last messages of this node to reach the others, in milliseconds. */
const LEAVE_DEADLINE_MS = 2_000;

/** The running parts of a daemon: its ring and, on it, the services and their clients. */
export interface NodeServices {
  readonly totem: OpenTotem;
  readonly executive: Executive;
  /** Unloads the services and says good-bye to the ring; in a hurry only the latter. */
  leave(hurry: AbortSignal): Promise<void>;
  /** Lets go of everything without a word to anybody: the ring has failed. */
  abandon(): Promise<void>;
}

/**
 * Starts ring and services (steps 15 and 16 of spec config 3.1).
 *
 * @param bindAddress local address of the ring, in numbers
 * @param fatal the ring cannot go on
 * @throws DaemonExit
 */
export async function startNodeServices(
  settings: NodeSettings,
  bindAddress: string,
  logs: LogSystem,
  fatal: (exit: DaemonExit) => void,
): Promise<NodeServices> {
  const totem = await openRing(settings, bindAddress, logs, fatal);
  let executive: Executive | null = null;
  try {
    executive = startExecutive(settings, logs, totem);
    await serveClients(executive, settings, logs);
    totem.start();
    return nodeServices(totem, executive, logs);
  } catch (error) {
    await executive?.close(AbortSignal.abort());
    await totem.close();
    if (error instanceof AddressInUseError) throw alreadyRunning(error);
    if (error instanceof RingIdFileError) throw new DaemonExit(EXIT.storeRingId, error.message);
    throw error;
  }
}

async function openRing(
  settings: NodeSettings,
  bindAddress: string,
  logs: LogSystem,
  fatal: (exit: DaemonExit) => void,
): Promise<OpenTotem> {
  const log = logs.subsystem("TOTEM");
  try {
    return await openTotem({
      transport: settings.transport,
      config: settings.totem,
      nodeId: settings.nodeId,
      members: settings.members,
      discoverMembers: settings.discoverMembers,
      bindAddress,
      port: settings.port,
      ringIdDirectory: settings.stateDirectory,
      envelope: ringEnvelope(settings),
      log,
      onFatal: (exitCode, text) => fatal(new DaemonExit(exitCode, text)),
    });
  } catch (error) {
    if (error instanceof DaemonExit) throw error;
    log("error", `Unable to create sockets, exiting: ${strerrorWithNumber(error)}`);
    throw new DaemonExit(EXIT.failure, `Can't use ${bindAddress} port ${settings.port}`, { cause: error });
  }
}

function ringEnvelope({ cipher, hash, key }: NodeSettings) {
  return key === null ? null : createEnvelope({ cipher, hash, key, fillRandom: fillSystemRandom });
}

function startExecutive(settings: NodeSettings, logs: LogSystem, totem: OpenTotem): Executive {
  try {
    return createExecutive({
      totem: totem.groups,
      services: [createCpgEngine()],
      log: (subsystem, level, text) => logs.subsystem(subsystem)(level, text),
      random: () => randomInt(2 ** 32),
      nowMs: () => performance.now(),
      access: accessPolicy({
        daemonUid: process.getuid?.() ?? 0,
        uids: settings.clientUids,
        gids: settings.clientGids,
        // Without proof of identity only the folder's mode keeps strangers out.
        unidentified: settings.ipcSocketDirectory === null ? "refuse" : "accept",
      }),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logs.subsystem("SERV")("error", `Service engine failed to load for reason '${reason}'`);
    throw new DaemonExit(EXIT.serviceStart, reason, { cause: error });
  }
}

function serveClients(
  executive: Executive,
  { ipcSocketDirectory }: NodeSettings,
  logs: LogSystem,
): Promise<void> {
  const log = logs.subsystem("QB");
  return executive.serve((service, handler) => {
    const address = serviceAddress(service, ipcSocketDirectory ?? undefined);
    log("info", `server name: ${service}`);
    return listenStream({ service, address, handler, log });
  });
}

function nodeServices(totem: OpenTotem, executive: Executive, logs: LogSystem): NodeServices {
  const log = logs.subsystem("SERV");
  return {
    totem,
    executive,
    leave: async (hurry) => {
      log("notice", "Unloading all Corosync service engines.");
      await executive.close(AbortSignal.any([hurry, AbortSignal.timeout(LEAVE_DEADLINE_MS)]));
      await totem.leave();
    },
    abandon: async () => {
      await executive.close(AbortSignal.abort());
      await totem.close();
    },
  };
}
