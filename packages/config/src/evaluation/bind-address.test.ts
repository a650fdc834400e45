import { describe, expect, it } from "vitest";
import { findBindAddress } from "./bind-address.ts";
import type { InterfaceAddress } from "./environment.ts";
import { parseIpAddress } from "./ip-address.ts";

const address = (text: string) => parseIpAddress(text)!;

function own(interfaceName: string, text: string, netmask: string): InterfaceAddress {
  return {
    interfaceName,
    address: address(text),
    netmask: address(netmask),
    loopback: interfaceName === "lo",
    hostName: null,
  };
}

const interfaces = [
  own("lo", "127.0.0.1", "255.0.0.0"),
  own("eth0", "10.66.0.1", "255.255.255.0"),
  own("eth1", "10.66.0.7", "255.255.0.0"),
  own("eth0", "fd66::1", "ffff:ffff:ffff:ffff::"),
];

describe("findBindAddress", () => {
  it.each([
    ["the host's own address", "10.66.0.1", "10.66.0.1"],
    ["an exact match before an earlier network", "10.66.0.7", "10.66.0.7"],
    ["a network", "10.66.0.0", "10.66.0.1"],
    ["another address of a network", "10.66.0.99", "10.66.0.1"],
    ["the second network only", "10.66.9.9", "10.66.0.7"],
    ["an IPv6 network", "fd66::", "fd66::1"],
    ["the loopback address", "127.0.0.1", "127.0.0.1"],
    ["another loopback address, as it is", "127.0.0.3", "127.0.0.3"],
    ["the loopback interface for its network", "127.0.0.0", "127.0.0.1"],
    ["no interface", "192.0.2.1", undefined],
  ])("takes %s", (_what, wanted, bound) => {
    expect(findBindAddress(address(wanted), interfaces)?.text).toBe(bound);
  });

  it("does not invent loopback addresses without a loopback interface", () => {
    expect(findBindAddress(address("127.0.0.3"), interfaces.slice(1))).toBeNull();
  });
});
