import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { isIPv6 } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ByteSpan } from "@corosync/codec";
import { Authkey, createEnvelope, fillSystemRandom, type PacketEnvelope } from "@corosync/crypto";
import { afterEach } from "vitest";
import {
  type Member,
  type OpenTotem,
  openTotem,
  type TotemSettings,
  type TransportChoice,
  totemConfig,
} from "../src/index.ts";

/** Run after the test, newest first. */
export const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export function envelope(keyByte: number): PacketEnvelope {
  const key = new Authkey(new Uint8Array(128).fill(keyByte));
  return createEnvelope({ cipher: "aes256", hash: "sha256", key, fillRandom: fillSystemRandom })!;
}

export async function freePort(address: string): Promise<number> {
  const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
  socket.bind(0, address);
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}

export interface Node {
  readonly totem: OpenTotem;
  readonly messages: string[];
  readonly logs: string[];
  send(text: string): boolean;
}

interface NodesOptions {
  /** Default: as many as are opened. */
  readonly configured?: number;
  /** Members that no test opens. */
  readonly strangers?: readonly Member[];
  readonly transport?: TransportChoice;
  readonly settings?: (i: number) => TotemSettings;
}

/** Nodes on 127.x.y.1, .2, … of a network that no other test uses. */
export async function openNodes(
  count: number,
  envelopes: (i: number) => PacketEnvelope | null,
  { configured = count, strangers = [], transport = "udpu", settings = () => ({}) }: NodesOptions = {},
) {
  const network = `127.${20 + (process.pid % 200)}.${Math.floor(Math.random() * 250)}`;
  const port = await freePort(`${network}.1`);
  const members = Array.from({ length: configured }, (_, i) => ({
    nodeId: i + 1,
    address: `${network}.${i + 1}`,
  }));
  const directory = mkdtempSync(join(tmpdir(), "totem-"));
  cleanups.push(() => rmSync(directory, { recursive: true }));
  /** Opens node `i + 1`, with a member list of its own if it is to have one. */
  const openNode = async (i: number, list: readonly Member[] = [...members, ...strangers]): Promise<Node> => {
    const messages: string[] = [];
    const logs: string[] = [];
    const totem = await openTotem({
      transport,
      config: totemConfig(count, { tokenTimeoutMs: 1000, ...settings(i) }),
      nodeId: i + 1,
      members: list,
      bindAddress: `${network}.${i + 1}`,
      port,
      ringIdDirectory: directory,
      envelope: envelopes(i),
      log: (level, text) => logs.push(`${level} ${text}`),
      onFatal: (code, text) => logs.push(`fatal ${code} ${text}`),
    });
    cleanups.push(() => totem.close());
    const group = totem.groups.join("a", {
      deliver: (_, message) => messages.push(Buffer.from(message.copy()).toString()),
      configurationChanged: (change) => {
        if (change.kind === "regular") setImmediate(() => totem.groups.acknowledgeTransition());
      },
    });
    totem.start();
    return { totem, messages, logs, send: (text) => group.multicast(new ByteSpan(Buffer.from(text))) };
  };
  const nodes: Node[] = [];
  for (let i = 0; i < count; i++) nodes.push(await openNode(i));
  return { nodes, members, port, network, directory, openNode };
}

export async function until(condition: () => boolean, what: string, limitMs = 10_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`${what} did not come true in ${limitMs} ms`);
    await sleep(2);
  }
}

export const MULTICAST = { kind: "udp", address: "239.255.7.1", ttl: 1, broadcast: false } as const;
