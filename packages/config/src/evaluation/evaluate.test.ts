import { describe, expect, it } from "vitest";
import { parseConfiguration } from "../file/parse-configuration.ts";
import type { Configuration } from "./configuration.ts";
import type { ConfigEnvironment } from "./environment.ts";
import { evaluate } from "./evaluate.ts";
import { parseIpAddress } from "./ip-address.ts";

const address = (text: string) => parseIpAddress(text)!;

const environment: ConfigEnvironment = {
  hostName: "one.example",
  interfaces: [
    {
      interfaceName: "lo",
      address: address("127.0.0.1"),
      netmask: address("255.0.0.0"),
      loopback: true,
      hostName: null,
    },
  ],
  defaultKeyFile: "/keys/authkey",
  defaultStateDirectory: "/state",
  resolve: () => [],
  readKeyFile: () => ({ lengthBytes: 256 }),
  openLogFile: () => null,
  enterDirectory: () => null,
};

function evaluated(text: string, changed: Partial<ConfigEnvironment> = {}) {
  const main = { path: "corosync.conf", content: new TextEncoder().encode(text) };
  const accounts = { userId: () => null, groupId: () => null };
  return evaluate(parseConfiguration({ main, uidgid: [] }, accounts), { ...environment, ...changed });
}

function accepted(text: string, changed?: Partial<ConfigEnvironment>): Configuration {
  const { configuration, error } = evaluated(text, changed);
  if (error !== null) throw error;
  return configuration;
}

const NODES = [1, 2, 3].map((n) => `node {\nring0_addr: 127.0.0.${n}\nname: n${n}\nnodeid: ${n}\n}\n`);
const NODELIST = `nodelist {\n${NODES.join("")}}\n`;

describe("evaluate", () => {
  it("resolves a loopback cluster, each node bound to its own address", () => {
    const text = `totem {\nversion: 2\ntransport: udpu\ncluster_name: trio\nconfig_version: 7\n}\n${NODELIST}`;
    const found = accepted(text, { hostName: "n2" });
    expect(found).toMatchObject({
      transport: "udpu",
      clusterName: "trio",
      configVersion: 7n,
      nodeId: 2,
      localNode: { position: 1, name: "n2" },
      bindAddress: "127.0.0.2",
      port: 5405,
      ipVersion: "ipv6-4",
      crypto: { cipher: "none", hash: "none", keySource: { from: "none" } },
      multicast: null,
      warnings: [],
    });
    expect(found.members).toEqual(
      [1, 2, 3].map((n) => ({ nodeId: n, name: `n${n}`, address: `127.0.0.${n}`, family: "ipv4" })),
    );
    expect(found.totem).toMatchObject({
      tokenTimeoutMs: 3650,
      netMtuBytes: 1500,
      acceleratedWindowPackets: 0,
    });
    expect(found.cmap.number("nodelist.local_node_pos", "u32")).toBe(1);
  });

  it("finds itself by address, and knows when no interface suits the address it found by name", () => {
    const text = `totem {\nversion: 2\ntransport: udpu\n}\n${NODELIST}`;
    expect(accepted(text).nodeId).toBe(1);
    const elsewhere = accepted(text.replaceAll("127.0.0.", "192.0.2."), { hostName: "n3.example" });
    expect(elsewhere).toMatchObject({ nodeId: 3, bindAddress: null, wantedBindAddress: "192.0.2.3" });
  });

  it("goes on with the last node where this one is not listed, as C does, and then refuses", () => {
    const nowhere = `totem {\nversion: 2\n}\n${NODELIST.replaceAll("127.0.0.", "192.0.2.")}`;
    const found = evaluated(nowhere);
    expect(found.error?.message).toBe("parse error in config: No valid name found for local host");
    const nameless = evaluated(nowhere.replace("nodeid: 3\n", ""));
    expect(nameless.error?.message).toBe("Knet requires an explicit nodeid for the local node");
  });

  it("derives node ids and the multicast address of udp", () => {
    const nodes = NODELIST.replaceAll(/nodeid: .\n/g, "");
    const text = `totem {\nversion: 2\ntransport: udp\ncluster_name: gold\nclear_node_high_bit: yes\n}\n${nodes}`;
    const found = accepted(text.replaceAll("127.0.0.", "198.51.100."), { hostName: "n1" });
    expect(found.nodeId).toBe(1177773057);
    expect(found.multicast).toEqual({ address: "239.192.6.54", ttl: 1, broadcast: false });
  });

  it("gives udp an IPv6 group where its nodes have IPv6 addresses, and broadcast none", () => {
    const six = NODELIST.replaceAll(/127\.0\.0\.(\d)/g, "fd00::$1");
    const totem = "version: 2\ntransport: udp\ncluster_name: gold\n";
    const group = accepted(`totem {\n${totem}ip_version: ipv6\n}\n${six}`, { hostName: "n1" });
    expect(group.multicast).toEqual({ address: "ff15::630", ttl: 1, broadcast: false });
    const everywhere = "interface {\nbindnetaddr: 127.0.0.0\nbroadcast: yes\nttl: 9\n}\n";
    const broadcast = accepted(`totem {\n${totem}${everywhere}}\n${NODELIST}`, { hostName: "n1" });
    expect(broadcast.multicast).toEqual({ address: "255.255.255.255", ttl: 9, broadcast: true });
  });

  it("takes the name of a node without address for its address where there is one to bind, as C does", () => {
    const node = "nodelist {\nnode {\nname: 127.0.0.1\n}\n}\n";
    const read = (bound: string) =>
      evaluated(`totem {\nversion: 2\ntransport: udpu\n${bound}}\n${node}`, { hostName: "127.0.0.1" });
    const without = "An IPV6 network requires that a node ID be specified";
    expect(read("").error?.message).toBe(without);
    expect(read("interface {\nbindnetaddr: 127.0.0.1\n}\n").error?.message).not.toBe(without);
  });

  it.each(["udpu", "udp"])("wants node ids with IPv6, %s", (transport) => {
    const six = NODELIST.replaceAll(/127\.0\.0\.(\d)/g, "fd00::$1").replaceAll(/nodeid: .\n/g, "");
    const text = `totem {\nversion: 2\ntransport: ${transport}\nip_version: ipv6\ncluster_name: gold\n}\n${six}`;
    expect(evaluated(text, { hostName: "n1" }).error?.message).toBe(
      "An IPV6 network requires that a node ID be specified",
    );
  });

  it.each([
    ["secauth: on", "aes256", "sha256"],
    ["secauth: off", "none", "none"],
    ["secauth: on\ncrypto_cipher: 3des\ncrypto_hash: sha1", "3des", "sha1"],
    ["crypto_hash: md5", "none", "md5"],
  ])("encrypts udpu as told by %j", (lines, cipher, hash) => {
    const { crypto } = accepted(`totem {\nversion: 2\ntransport: udpu\n${lines}\n}\n${NODELIST}`);
    expect(crypto).toMatchObject({ cipher, hash });
    const needsKey = cipher !== "none" || hash !== "none";
    expect(crypto.keySource).toEqual(needsKey ? { from: "file", path: "/keys/authkey" } : { from: "none" });
  });

  it("leaves a key that is in the file where it is", () => {
    const keyLine = `key: ${"q".repeat(127)}`;
    const { crypto } = accepted(
      `totem {\nversion: 2\ntransport: udpu\nsecauth: on\n${keyLine}\n}\n${NODELIST}`,
    );
    expect(crypto.keySource).toEqual({ from: "configuration" });
    expect(JSON.stringify(crypto)).not.toContain("qqq");
  });

  it("knows 3des for udp and udpu only, wherever the transport stands", () => {
    const knet = `totem {\nversion: 2\ncrypto_cipher: 3des\n}\n${NODELIST}`;
    expect(() => evaluated(knet)).toThrow(
      "parser error: corosync.conf:3: Invalid cipher type. Should be none, aes256, aes192 or aes128",
    );
    const late = `totem {\nversion: 2\nsecauth: on\ncrypto_cipher: 3des\ntransport: udp\ncluster_name: x\n}\n`;
    expect(accepted(late + NODELIST).crypto.cipher).toBe("3des");
  });

  it("takes its own keys", () => {
    const text = [
      "totem {\nversion: 2\ntransport: udpu\naccelerated_window: 20\n}",
      "system {\nstate_dir: /elsewhere\nipc_socket_dir: /run/sockets\n}",
      "logging {\njson: yes\n}",
      NODELIST,
    ].join("\n");
    expect(accepted(text)).toMatchObject({
      totem: { acceleratedWindowPackets: 20 },
      system: { stateDirectory: "/elsewhere", ipcSocketDirectory: "/run/sockets" },
      logging: { json: true },
    });
  });

  it("says of an error how to log it and what to warn of first", () => {
    const text = `totem {\nversion: 1\nnodeid: 9\n}\nlogging {\ntimestamp: off\n}\n${NODELIST}`;
    const found = evaluated(text);
    expect(found.error?.message).toBe(
      "parse error in config: This totem parser can only parse version 2 configurations.",
    );
    expect(found).toMatchObject({
      configuration: null,
      error: { exitCode: 8, step: "validation" },
      logging: { timestamp: "off" },
      warnings: [
        "nodeid in totem section is deprecated and ignored. Nodelist (or autogenerated) nodeid is going to be used.",
        "Please migrate config file to nodelist.",
      ],
    });
  });

  it("refuses more nodes than a ring can have, and ids that C overlooks", () => {
    const many = Array.from(
      { length: 385 },
      (_, n) => `node {\nring0_addr: 10.0.${n >> 8}.${n & 255}\nnodeid: ${n + 1}\n}\n`,
    );
    const ring = (nodes: readonly string[]) => `totem {\nversion: 2\n}\nnodelist {\n${nodes.join("")}}\n`;
    const local = { hostName: "10.0.0.0" };
    expect(evaluated(ring(many), local).error?.message).toBe("more than 384 nodes on link 0");
    expect(evaluated(ring(many.slice(1)), { hostName: "10.0.0.1" }).error).toBeNull();
    // The tenth node comes before the second in the order of cmap, where C stops to compare.
    const twelve = many
      .slice(0, 12)
      .map((node, n) => (n === 10 ? node.replace("nodeid: 11", "nodeid: 5") : node));
    expect(evaluated(ring(twelve), local).error?.message).toBe("Nodeid 5 appears twice in corosync.conf");
  });
});
