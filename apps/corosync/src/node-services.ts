import { randomInt } from "node:crypto";
import { createCpgEngine } from "@corosync/cpg";
import { CipherSuiteError, createEnvelope, fillSystemRandom, type PacketEnvelope } from "@corosync/crypto";
import { strerrorWithNumber } from "@corosync/errno";
import { accessPolicy, createExecutive, type Executive } from "@corosync/executive";
import type { ServiceEngine } from "@corosync/service";
import { type OpenTotem, type OpenTotemOptions, openTotem, RingIdFileError } from "@corosync/totem";
import { withBindRetries } from "./bind-retry.ts";
import { DaemonExit } from "./daemon-exit.ts";
import { EXIT } from "./exit-code.ts";
import type { LogSystem } from "./logging/log-system.ts";
import type { NodeSettings } from "./node-settings.ts";
import { isPrivateFolder } from "./private-folder.ts";
import { refuseServedNames, serveClients } from "./serve-clients.ts";

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
  const engines = [createCpgEngine()];
  const names = engines.flatMap(({ ipcName }) => ipcName ?? []);
  // A second daemon on one file would find the ring's port taken, too, and take it for a passing trouble.
  await refuseServedNames(names, settings.ipcSocketDirectory);
  const envelope = ringEnvelope(settings);
  const totem = await openRing(settings, bindAddress, envelope, logs, fatal);
  let executive: Executive | null = null;
  try {
    executive = startExecutive(settings, logs, totem, engines);
    await serveClients(executive, settings.ipcSocketDirectory, logs);
    totem.start();
    return nodeServices(totem, executive, logs, envelope);
  } catch (error) {
    await executive?.close(AbortSignal.abort());
    await totem.close();
    envelope?.wipe();
    if (error instanceof RingIdFileError) throw new DaemonExit(EXIT.storeRingId, error.message);
    throw error;
  }
}

async function openRing(
  settings: NodeSettings,
  bindAddress: string,
  envelope: PacketEnvelope | null,
  logs: LogSystem,
  fatal: (exit: DaemonExit) => void,
): Promise<OpenTotem> {
  const log = logs.subsystem("TOTEM");
  try {
    const options: OpenTotemOptions = {
      transport: settings.transport,
      config: settings.totem,
      nodeId: settings.nodeId,
      members: settings.members,
      discoverMembers: settings.discoverMembers,
      bindAddress,
      port: settings.port,
      ringIdDirectory: settings.stateDirectory,
      envelope,
      log,
      onFatal: (exitCode, text) => fatal(new DaemonExit(exitCode, text)),
    };
    return await withBindRetries(
      () => openTotem(options),
      (text) => log("warning", text),
    );
  } catch (error) {
    if (error instanceof DaemonExit) throw error;
    log("error", `Unable to create sockets, exiting: ${strerrorWithNumber(error)}`);
    throw new DaemonExit(EXIT.failure, `Can't use ${bindAddress} port ${settings.port}`, { cause: error });
  }
}

/**
 * The ring's envelope; the key itself is not needed any more once there is one.
 * @throws DaemonExit 8 when this OpenSSL does not offer the cipher or hash
 */
function ringEnvelope({ cipher, hash, key }: NodeSettings): PacketEnvelope | null {
  if (key === null) return null;
  try {
    return createEnvelope({ cipher, hash, key, fillRandom: fillSystemRandom });
  } catch (error) {
    if (!(error instanceof CipherSuiteError)) throw error;
    throw new DaemonExit(EXIT.configuration, `crypto: ${error.message}`, { cause: error });
  } finally {
    key.wipe();
  }
}

function startExecutive(
  settings: NodeSettings,
  logs: LogSystem,
  totem: OpenTotem,
  services: readonly ServiceEngine[],
): Executive {
  const daemonUid = process.getuid?.() ?? 0;
  const { ipcSocketDirectory: folder } = settings;
  try {
    return createExecutive({
      totem: totem.groups,
      services,
      log: (subsystem, level, text) => logs.subsystem(subsystem)(level, text),
      random: () => randomInt(2 ** 32),
      nowMs: () => performance.now(),
      access: accessPolicy({
        daemonUid,
        uids: settings.clientUids,
        gids: settings.clientGids,
        // Who gets into a folder of the daemon's own has shown enough; anybody else has to prove it.
        unidentified: folder !== null && isPrivateFolder(folder, daemonUid) ? "accept" : "refuse",
      }),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logs.subsystem("SERV")("error", `Service engine failed to load for reason '${reason}'`);
    throw new DaemonExit(EXIT.serviceStart, reason, { cause: error });
  }
}

function nodeServices(
  totem: OpenTotem,
  executive: Executive,
  logs: LogSystem,
  envelope: PacketEnvelope | null,
): NodeServices {
  const log = logs.subsystem("SERV");
  return {
    totem,
    executive,
    leave: async (hurry) => {
      log("notice", "Unloading all Corosync service engines.");
      await executive.close(AbortSignal.any([hurry, AbortSignal.timeout(LEAVE_DEADLINE_MS)]));
      await totem.leave();
      envelope?.wipe();
    },
    abandon: async () => {
      await executive.close(AbortSignal.abort());
      await totem.close();
      envelope?.wipe();
    },
  };
}
