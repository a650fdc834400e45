import { describe, expect, it } from "vitest";
import type { InterfaceAddress } from "../evaluation/environment.ts";
import { kernelInterfaces, parseInterfaces } from "./kernel-interfaces.ts";
import { localInterfaces } from "./local-interfaces.ts";

const LISTING = [
  {
    ifname: "lo",
    flags: ["LOOPBACK", "UP"],
    addr_info: [
      { family: "inet", local: "127.0.0.1", prefixlen: 8 },
      { family: "inet6", local: "::1", prefixlen: 128 },
    ],
  },
  {},
  null,
  {
    ifname: "eth0",
    flags: ["BROADCAST"],
    operstate: "DOWN",
    addr_info: [
      { family: "inet", local: "10.66.0.1", prefixlen: 22 },
      { local: 5 },
      { local: "10.1.1.1" },
      {},
    ],
  },
];

describe("parseInterfaces", () => {
  it("gives addresses with masks, IPv4 first, of interfaces that are down too", () => {
    const short = parseInterfaces(LISTING).map(({ interfaceName, address, netmask, loopback }) => {
      return [interfaceName, address.text, netmask.text, loopback];
    });
    expect(short).toEqual([
      ["lo", "127.0.0.1", "255.0.0.0", true],
      ["eth0", "10.66.0.1", "255.255.252.0", false],
      ["lo", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true],
    ]);
  });

  it.each([[null], [{}], ["x"], [[1, "x", []]]])("makes nothing of %j", (listing) => {
    expect(parseInterfaces(listing)).toEqual([]);
  });
});

describe("kernelInterfaces", () => {
  it("knows of no program that is not there", async () => {
    expect(await kernelInterfaces("/nonexistent/ip")).toBeNull();
  });

  it("lists at least what Node shows", async () => {
    const texts = (list: readonly InterfaceAddress[]) => list.map(({ address }) => address.text);
    const shown = texts(localInterfaces());
    // Where the program is missing, what Node shows is all there is.
    expect(texts((await kernelInterfaces()) ?? localInterfaces())).toEqual(expect.arrayContaining(shown));
  });
});
