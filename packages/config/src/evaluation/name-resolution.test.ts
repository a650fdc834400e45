import { describe, expect, it } from "vitest";
import { parseConfiguration } from "../file/parse-configuration.ts";
import type { ConfigEnvironment } from "./environment.ts";
import { evaluate } from "./evaluate.ts";
import { parseIpAddress } from "./ip-address.ts";
import { type IpVersion, namesToResolve, resolveAddress } from "./name-resolution.ts";

const address = (text: string) => parseIpAddress(text)!;

/** What the resolver of the tests knows, in its order. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  four: ["192.0.2.4"],
  six: ["2001:db8::6"],
  both: ["2001:db8::1", "192.0.2.1"],
  reversed: ["192.0.2.2", "192.0.2.3", "2001:db8::2"],
};

const environment: ConfigEnvironment = {
  hostName: "both",
  interfaces: [],
  defaultKeyFile: "/key",
  defaultStateDirectory: "/state",
  resolve: (name) => (NAMES[name] ?? []).map(address),
  readKeyFile: () => ({ lengthBytes: 128 }),
  openLogFile: () => null,
  enterDirectory: () => null,
};

describe("resolveAddress", () => {
  const rows: readonly (readonly [string, string | null, string | null, string | null, string | null])[] = [
    // text, ipv4, ipv6, ipv4-6, ipv6-4
    ["four", "192.0.2.4", null, "192.0.2.4", "192.0.2.4"],
    ["six", null, "2001:db8::6", "2001:db8::6", "2001:db8::6"],
    ["both", "192.0.2.1", "2001:db8::1", "192.0.2.1", "2001:db8::1"],
    ["reversed", "192.0.2.2", "2001:db8::2", "192.0.2.2", "2001:db8::2"],
    ["nowhere", null, null, null, null],
    ["", null, null, null, null],
    ["198.51.100.1", "198.51.100.1", null, "198.51.100.1", "198.51.100.1"],
    ["fd00::1", null, "fd00::1", "fd00::1", "fd00::1"],
    ["::ffff:192.0.2.9", "192.0.2.9", "::ffff:192.0.2.9", "::ffff:192.0.2.9", "::ffff:192.0.2.9"],
  ];
  const versions: readonly IpVersion[] = ["ipv4", "ipv6", "ipv4-6", "ipv6-4"];

  it.each(rows)("%j", (text, ...wanted) => {
    const found = versions.map((version) => resolveAddress(text, version, environment)?.text ?? null);
    expect(found).toEqual(wanted);
  });
});

describe("names in a configuration", () => {
  const conf = (totem: string, ring: string) =>
    `totem {\nversion: 2\n${totem}\n}\nnodelist {\nnode {\nname: both\nnodeid: 1\nring0_addr: ${ring}\n}\n}\n`;
  const parsed = (text: string) =>
    parseConfiguration(
      { main: { path: "f", content: new TextEncoder().encode(text) }, uidgid: [] },
      { userId: () => null, groupId: () => null },
    );

  it.each([
    ["transport: udpu", "2001:db8::1"],
    ["transport: udp\ncluster_name: x", "192.0.2.1"],
    ["transport: udp\ncluster_name: x\nip_version: ipv6", "2001:db8::1"],
    ["transport: udpu\nip_version: ipv4-6", "192.0.2.1"],
    ["transport: knet", "2001:db8::1"],
  ])("%j makes of both names the address %s", (totem, wanted) => {
    const { configuration } = evaluate(parsed(conf(totem, "both")), environment);
    expect(configuration?.members).toMatchObject([{ nodeId: 1, address: wanted }]);
  });

  it("refuses a name that is of the other family only", () => {
    const { error } = evaluate(parsed(conf("transport: udpu\nip_version: ipv4", "six")), environment);
    expect(error?.message).toBe("failed to parse bindnet address 'six'");
  });

  it("takes node ids from the IPv4 address of a name, whatever ip_version prefers", () => {
    const text = conf("transport: udpu", "both").replace("nodeid: 1\n", "");
    expect(evaluate(parsed(text), environment).configuration?.nodeId).toBe(0xc0000201);
    const six = evaluate(parsed(text.replace("ring0_addr: both", "ring0_addr: six")), environment);
    expect(six.error?.message).toBe("An IPV6 network requires that a node ID be specified");
  });

  it("asks for each name once, and for no number", () => {
    const text = `totem {\ninterface {\nbindnetaddr: net\nmcastaddr: group\nmember {\nmemberaddr: other\n}\n}\n}\n`;
    const nodes =
      "nodelist {\nnode {\nring0_addr: both\nring1_addr: 192.0.2.1\nname: n\n}\nnode {\nring0_addr: both\n}\n}\n";
    expect([...namesToResolve(parsed(text + nodes))].sort()).toEqual(["both", "group", "net", "other"]);
  });
});
