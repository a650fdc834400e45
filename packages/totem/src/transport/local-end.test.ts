import type { NetworkInterfaceInfo } from "node:os";
import { expect, it } from "vitest";
import { localEnd, withoutZone } from "./local-end.ts";

function own(address: string): NetworkInterfaceInfo {
  const netmask = "ffff:ffff:ffff:ffff::";
  return { family: "IPv6", address, netmask, mac: "", internal: false, cidr: null, scopeid: 0 };
}
const INTERFACES = { lo: [own("::1")], eth7: [own("fd00::1"), own("fe80::1")] };

it("selects an interface by its address for IPv4", () => {
  const end = localEnd("192.0.2.1", INTERFACES);
  expect([end.type, end.address, end.multicastInterface]).toEqual(["udp4", "192.0.2.1", "192.0.2.1"]);
  expect(end.zoned("239.255.1.1")).toBe("239.255.1.1");
});

it("selects an interface by its zone for IPv6, which link-local addresses and groups need", () => {
  const end = localEnd("fd00::1", INTERFACES);
  expect([end.type, end.address, end.multicastInterface]).toEqual(["udp6", "fd00::1", "::%eth7"]);
  expect(["ff15::1", "fd00::2", "ff02::1", "fe80::2", "febf::2", "ff02::1%eth1"].map(end.zoned)).toEqual([
    "ff15::1",
    "fd00::2",
    "ff02::1%eth7",
    "fe80::2%eth7",
    "febf::2%eth7",
    "ff02::1%eth1",
  ]);
  expect(localEnd("fe80::1", INTERFACES).address).toBe("fe80::1%eth7");
});

it("leaves the choice to the kernel when no interface has the address", () => {
  expect(localEnd("fd00::9", INTERFACES).multicastInterface).toBe("::");
});

it("takes zones away", () => {
  expect(["fe80::1%eth7", "fd00::1", "192.0.2.1"].map(withoutZone)).toEqual([
    "fe80::1",
    "fd00::1",
    "192.0.2.1",
  ]);
});
