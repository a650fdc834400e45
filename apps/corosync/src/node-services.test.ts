import { randomBytes, randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { Authkey, DEFAULT_AUTHKEY_BYTES } from "@corosync/crypto";
import { totemConfig } from "@corosync/totem";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DaemonExit } from "./daemon-exit.ts";
import { LogSystem } from "./logging/log-system.ts";
import { DEFAULT_LOG_SETTINGS } from "./logging/settings.ts";
import { type NodeServices, startNodeServices } from "./node-services.ts";
import type { NodeSettings } from "./node-settings.ts";

const TOKEN_MS = 1_000;
const PORT = 5405;

let folder = "";
let network = "";
const running: NodeServices[] = [];
const lines: string[] = [];
const keyBytes = randomBytes(DEFAULT_AUTHKEY_BYTES);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "corosync-services-"));
  network = `127.${randomInt(1, 255)}.${randomInt(0, 256)}`;
  lines.length = 0;
});
afterEach(async () => {
  for (const services of running.splice(0)) await services.abandon();
  rmSync(folder, { recursive: true });
});

function settings(nodeId: number, nodeCount: number): NodeSettings {
  const stateDirectory = join(folder, `node${nodeId}`);
  mkdirSync(stateDirectory, { recursive: true });
  const members = Array.from({ length: nodeCount }, (_, index) => ({
    nodeId: index + 1,
    address: addressOf(index + 1),
  }));
  return {
    nodeId,
    transport: "udpu",
    totem: totemConfig(nodeCount, { tokenTimeoutMs: TOKEN_MS }),
    members,
    discoverMembers: false,
    findBindAddress: () => addressOf(nodeId),
    port: PORT,
    cipher: "aes256",
    hash: "sha256",
    key: new Authkey(keyBytes),
    stateDirectory,
    ipcSocketDirectory: stateDirectory,
    clientUids: new Set(),
    clientGids: new Set(),
  };
}

function addressOf(nodeId: number): string {
  return `${network}.${nodeId}`;
}

function logs(): LogSystem {
  const stderr = { write: (line: string) => void lines.push(line), close: () => Promise.resolve() };
  const plain = { ...DEFAULT_LOG_SETTINGS, timestamp: "off" } as const;
  return new LogSystem(
    plain,
    { stderr, syslog: null, files: new Map() },
    { pid: 1, hostName: "n" },
    Date.now,
  );
}

const unexpected = (exit: DaemonExit) => {
  throw exit;
};

async function start(of: NodeSettings): Promise<NodeServices> {
  const services = await startNodeServices(of, addressOf(of.nodeId), logs(), unexpected);
  running.push(services);
  return services;
}

/** Says hello as a client that cannot prove who it is (spec ipc 10.5). */
const HELLO_WITHOUT_PROOF = Buffer.from(new Int32Array([-1, 0x50495354, 24, 1, 1_048_576, 0]).buffer);

/** The error in the answer to a hello: 0, or a negative errno. */
async function answerTo(hello: Buffer, path: string): Promise<number> {
  const socket = connect({ path });
  try {
    socket.write(hello);
    const [answer] = (await once(socket, "data")) as [Buffer];
    return answer.readInt32LE(16);
  } finally {
    socket.destroy();
  }
}

describe("startNodeServices", { timeout: 20_000 }, () => {
  it("joins nodes into one ring, and the others see a node leave before its token is missed", async () => {
    const [one, two] = await Promise.all([start(settings(1, 2)), start(settings(2, 2))]);
    await Promise.all([one.executive.ready, two.executive.ready]);
    await vi.waitFor(() => expect(one.totem.members).toEqual([1, 2]), { timeout: 10_000 });
    const before = performance.now();
    running.splice(running.indexOf(two), 1);
    await two.leave(AbortSignal.abort());
    await vi.waitFor(() => expect(one.totem.members).toEqual([1]), { timeout: 10_000, interval: 5 });
    expect(performance.now() - before).toBeLessThan(TOKEN_MS);
    expect(lines).toContain("notice  [SERV  ] Unloading all Corosync service engines.");
    expect(lines.filter((line) => /^(error|crit|alert|emerg)/.test(line))).toEqual([]);
  });

  it("ends with 18 when another instance serves the same names", async () => {
    await start(settings(1, 1));
    const second = { ...settings(2, 2), ipcSocketDirectory: join(folder, "node1") };
    await expect(startNodeServices(second, addressOf(2), logs(), unexpected)).rejects.toMatchObject({
      exitCode: 18,
      message: "Another Corosync instance is already running.",
    });
  });

  it.each([
    ["takes", 0o700, 0],
    ["refuses", 0o755, -constants.errno.EACCES],
    ["refuses", 0o750, -constants.errno.EACCES],
  ])("%s a client that does not prove who it is in a folder of mode %o", async (_what, mode, error) => {
    const of = settings(1, 1);
    chmodSync(of.ipcSocketDirectory!, mode);
    const { executive } = await start(of);
    await executive.ready;
    expect(await answerTo(HELLO_WITHOUT_PROOF, join(of.ipcSocketDirectory!, "cpg"))).toBe(error);
  });

  it("wipes the key when the ring has its envelope", async () => {
    const of = settings(1, 1);
    await start(of);
    expect(() => of.key!.lend((bytes) => bytes)).toThrow("the authkey has been wiped");
  });

  it.each([
    ["is not there", "missing", "No such file or directory"],
    ["is a file", "file", "Not a directory"],
  ])("ends with 20 and says why when the folder of the sockets %s", async (_what, name, reason) => {
    writeFileSync(join(folder, "file"), "");
    const of = { ...settings(1, 1), ipcSocketDirectory: join(folder, name) };
    const text = `Can't listen for clients at ${join(folder, name)}/cpg: ${reason}`;
    await expect(startNodeServices(of, addressOf(1), logs(), unexpected)).rejects.toMatchObject({
      exitCode: 20,
      message: text,
    });
    expect(lines).toContain(`error   [SERV  ] Service engine 'cpg' failed to load for reason '${text}'`);
  });

  it("ends with 1 and says why when the port stays taken", { timeout: 20_000 }, async () => {
    const holder = createSocket("udp4");
    await new Promise<void>((resolve) => holder.bind(PORT, `${network}.1`, resolve));
    try {
      const attempt = startNodeServices(settings(1, 1), addressOf(1), logs(), unexpected);
      await expect(attempt).rejects.toMatchObject({ exitCode: 1 });
      expect(lines).toContain(
        "error   [TOTEM ] Unable to create sockets, exiting: Address already in use (98)",
      );
      const warning = `warning [TOTEM ] bind token socket failed: Address already in use (98): ${network}.1 port ${PORT}`;
      expect(lines.filter((line) => line === warning)).toHaveLength(11);
    } finally {
      await new Promise<void>((resolve) => holder.close(resolve));
    }
  });

  it("ends with 21 when the ring id cannot be stored", async () => {
    const attempt = startNodeServices(
      { ...settings(1, 1), stateDirectory: join(folder, "missing") },
      addressOf(1),
      logs(),
      unexpected,
    );
    await expect(attempt).rejects.toBeInstanceOf(DaemonExit);
    await expect(attempt).rejects.toMatchObject({ exitCode: 21 });
  });
});
