import { describe, expect, it } from "vitest";
import { parseConfiguration } from "../file/parse-configuration.ts";
import { evaluate } from "./evaluate.ts";
import { parseIpAddress } from "./ip-address.ts";

const address = (text: string) => parseIpAddress(text)!;
const NETWORKS = [
  ["10.66.0.1", "255.255.255.0"],
  ["198.51.100.1", "255.255.255.0"],
  ["fd66::1", "ffff:ffff:ffff:ffff::"],
];

function read(totem: string, more = "") {
  const text = `totem {\nversion: 2\n${totem}\n}\n${more}`;
  const main = { path: "corosync.conf", content: new TextEncoder().encode(text) };
  const accounts = { userId: () => null, groupId: () => null };
  return evaluate(parseConfiguration({ main, uidgid: [] }, accounts), {
    hostName: "one",
    interfaces: NETWORKS.map(([own, netmask]) => ({
      interfaceName: "eth0",
      address: address(own!),
      netmask: address(netmask!),
      loopback: false,
      hostName: null,
    })),
    defaultKeyFile: "/keys/authkey",
    defaultStateDirectory: "/state",
    resolve: () => [],
    readKeyFile: () => ({ lengthBytes: 128 }),
    openLogFile: () => null,
    enterDirectory: () => null,
  });
}

const ring = (bind: string, more = "") => `interface {\nringnumber: 0\nbindnetaddr: ${bind}\n${more}}`;
const MULTICAST = "mcastaddr: 239.255.1.1\nmcastport: 5405\n";

describe("a file of 2.x without nodelist", () => {
  it("is a cluster by multicast whose id comes from the address, encrypted unless it says otherwise", () => {
    const { configuration } = read(ring("10.66.0.0", MULTICAST));
    expect(configuration).toMatchObject({
      transport: "udp",
      nodeId: 172097537,
      localNode: null,
      membersListed: false,
      members: [{ nodeId: 172097537, address: "10.66.0.1" }],
      bindAddress: "10.66.0.1",
      wantedBindAddress: "10.66.0.0",
      port: 5405,
      multicast: { address: "239.255.1.1", ttl: 1, broadcast: false },
      crypto: { cipher: "aes256", hash: "sha1" },
      warnings: [
        "The file has no nodelist and is read as Corosync 2 reads it.",
        "secauth is not set: packets are encrypted with aes256 and sha1, as by Corosync 2. The word off sends them in the clear.",
        "Please migrate config file to nodelist.",
      ],
    });
  });

  it.each([
    ["secauth: off", "none", "none"],
    ["secauth: yes", "aes256", "sha1"],
    ["secauth: off\ncrypto_hash: sha512", "none", "sha512"],
    ["crypto_cipher: 3des", "3des", "sha1"],
  ])("%s", (keys, cipher, hash) => {
    expect(read(`${keys}\n${ring("10.66.0.0", MULTICAST)}`).configuration?.crypto).toMatchObject({
      cipher,
      hash,
    });
  });

  it.each([
    ["198.51.100.0", "", 3325256705],
    ["198.51.100.0", "clear_node_high_bit: yes\n", 1177773057],
    ["10.66.0.0", "nodeid: 7\n", 7],
    ["fd66::", "nodeid: 8\nip_version: ipv6\ncluster_name: x\n", 8],
  ])("bindnetaddr %s, %j: node id %i", (bind, keys, nodeId) => {
    const multicast = bind.includes(":") ? "" : MULTICAST;
    expect(read(`secauth: off\n${keys}${ring(bind, multicast)}`).configuration?.nodeId).toBe(nodeId);
  });

  it("takes the members of udpu from the interface section, with ids from their addresses", () => {
    const members = ["10.66.0.2", "10.66.0.1"].map((one) => `member {\nmemberaddr: ${one}\n}\n`).join("");
    const text = `transport: udpu\nsecauth: off\n${ring("10.66.0.0", members)}`;
    expect(read(text).configuration).toMatchObject({
      transport: "udpu",
      members: [
        { nodeId: 172097537, address: "10.66.0.1" },
        { nodeId: 172097538, address: "10.66.0.2" },
      ],
    });
  });

  it.each([
    [
      "an interface that is away",
      ring("192.0.2.0", MULTICAST),
      "no address of this host is in the network of bindnetaddr '192.0.2.0'",
    ],
    [
      "IPv6 without id",
      `ip_version: ipv6\ncluster_name: x\n${ring("fd66::")}`,
      "An IPV6 network requires that a node ID be specified",
    ],
    ["no group", ring("10.66.0.0"), "parse error in config: No multicast address specified for interface 0"],
    [
      "two rings",
      `${ring("10.66.0.0", MULTICAST)}\n${ring("198.51.100.0", MULTICAST).replace("ringnumber: 0", "ringnumber: 1")}`,
      "parse error in config: 2 is too many configured interfaces for the rrp_mode setting none.",
    ],
    [
      "knet",
      `transport: knet\n${ring("10.66.0.0")}`,
      "parse error in config: No valid name found for local host",
    ],
    [
      "udpu without members",
      `transport: udpu\n${ring("10.66.0.0")}`,
      "parse error in config: No valid name found for local host",
    ],
  ])("is refused with %s", (_what, totem, message) => {
    expect(read(`secauth: off\n${totem}`).error?.message).toBe(message);
  });

  it("keeps ring 0 of redundant rings, whatever their order", () => {
    const other = ring("198.51.100.0", MULTICAST).replace("ringnumber: 0", "ringnumber: 1");
    const found = read(
      `secauth: off\nrrp_mode: passive\n${other}\n${ring("10.66.0.0", MULTICAST)}`,
    ).configuration;
    expect(found?.links).toHaveLength(1);
    expect(found).toMatchObject({ bindAddress: "10.66.0.1" });
    expect(found?.warnings).toContain(
      "Redundant rings are not there any more: only the interface section of ring 0 is used.",
    );
  });

  it("names the keys that have no effect, with their lines", () => {
    const old =
      "compatibility: none\nservice {\nname: pacemaker\n}\nquorum {\nprovider: corosync_votequorum\n}\nown {\nkey: 1\n}\n";
    const found = read(`secauth: off\nrrp_mode: none\n${ring("10.66.0.0", MULTICAST)}`, old).configuration;
    expect(found?.unusedKeyWarnings).toEqual([
      "compatibility (corosync.conf:12) has no effect: compatibility with 1.x",
      "service.name (corosync.conf:14) has no effect: loading of services, which are always loaded",
      "totem.rrp_mode (corosync.conf:4) has no effect: redundant rings of 2.x: use transport knet",
      "This version does not use: quorum.provider (corosync.conf:17)",
    ]);
  });
});
