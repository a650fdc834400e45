import { createSocket } from "node:dgram";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_AUTHKEY_BYTES, fillSystemRandom, generateAuthkey } from "@corosync/crypto";
import { FOLDER_PREFIX, OWNER_FILE, removeAbandonedFolders } from "./abandoned-folders.ts";
import { type ClusterSettings, corosyncConf, type NodePlace, nodeAddress } from "./cluster-configuration.ts";
import { numbersTo } from "./line-command.ts";
import { removeWhenOrphaned } from "./orphaned-folder.ts";

const TOKEN_TIMEOUT_MS = 1_000;
const KEY_MODE = 0o400;
/** Tries to find a port that is free on every node's address. */
const PORT_TRIES = 50;

/** The files of a cluster: one folder with the key, and below it one folder a node. */
export interface ClusterFolder {
  readonly path: string;
  readonly nodes: readonly NodePlace[];
  remove(): void;
}

/**
 * Writes key and configurations for a new cluster below the system's folder for temporary files, and
 * removes what clusters left there whose process was killed.
 *
 * @param keep the folder is to outlive this process
 */
export async function createClusterFolder(nodeCount: number, keep: boolean): Promise<ClusterFolder> {
  removeAbandonedFolders(tmpdir());
  const port = await findFreePort(numbersTo(nodeCount).map(nodeAddress));
  const path = mkdtempSync(join(tmpdir(), FOLDER_PREFIX));
  if (!keep) writeFileSync(join(path, OWNER_FILE), `${process.pid}\n`);
  const release = keep ? () => undefined : removeWhenOrphaned(path);
  const keyPath = join(path, "authkey");
  const key = generateAuthkey(DEFAULT_AUTHKEY_BYTES, fillSystemRandom);
  key.lend((bytes) => writeFileSync(keyPath, bytes, { mode: KEY_MODE }));
  key.wipe();

  const settings: ClusterSettings = {
    clusterName: "local",
    port,
    keyPath,
    tokenTimeoutMs: TOKEN_TIMEOUT_MS,
    nodeCount,
    hostName: hostname(),
  };
  const nodes = numbersTo(nodeCount).map((number) => nodePlace(path, number));
  for (const place of nodes) {
    mkdirSync(place.stateDirectory, { recursive: true });
    // Where clients cannot prove who they are, the daemon takes them in a folder of its user alone.
    mkdirSync(place.socketDirectory, { recursive: true, mode: 0o700 });
    writeFileSync(place.configPath, corosyncConf(settings, place));
  }
  const remove = () => {
    rmSync(path, { recursive: true, force: true });
    release();
  };
  return { path, nodes, remove };
}

function nodePlace(folder: string, number: number): NodePlace {
  const own = join(folder, `node${number}`);
  return {
    number,
    address: nodeAddress(number),
    configPath: join(own, "corosync.conf"),
    stateDirectory: join(own, "state"),
    socketDirectory: join(own, "run"),
    logPath: join(own, "corosync.log"),
    pidPath: join(own, "corosync.pid"),
  };
}

/** A UDP port that is free on all addresses; another program could still take it before we do. */
async function findFreePort(addresses: readonly string[]): Promise<number> {
  for (let attempt = 0; attempt < PORT_TRIES; attempt++) {
    const port = await bindable(addresses[0]!, 0);
    if (port === null) throw new Error(`no UDP socket can be bound to ${addresses[0]}`);
    const others = await Promise.all(addresses.slice(1).map((address) => bindable(address, port)));
    if (others.every((other) => other !== null)) return port;
  }
  throw new Error(`no UDP port is free on all of ${addresses.join(" ")}`);
}

function bindable(address: string, port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => {
      socket.close();
      resolve(null);
    });
    socket.bind({ address, port, exclusive: true }, () => {
      const bound = socket.address().port;
      socket.close(() => resolve(bound));
    });
  });
}
