import { describe, expect, it } from "vitest";
import { corosyncConf } from "./corosync-conf.ts";

const address = (host: number) => `10.64.1.${host}`;

describe("corosyncConf", () => {
  it("lists the hosts with their numbers as node ids", () => {
    const text = corosyncConf("lab", address, [1, 3], {});
    expect(text).toContain("  transport: udpu\n");
    expect(text).toContain("  node {\n    ring0_addr: 10.64.1.3\n    nodeid: 3\n    name: lab3\n  }\n");
    expect(text).not.toContain("crypto");
    expect(text).not.toContain("quorum");
  });

  it("writes the keys it is asked for", () => {
    const text = corosyncConf("lab", address, [1], {
      transport: "udp",
      crypto: { cipher: "aes256", hash: "sha1" },
      tokenTimeoutMs: 1000,
      totem: { window_size: 300 },
      votequorum: true,
      debug: true,
    });
    for (const line of [
      "  crypto_cipher: aes256\n",
      "  crypto_hash: sha1\n",
      "  token: 1000\n",
      "  window_size: 300\n",
      "    bindnetaddr: 10.64.1.0\n",
      "  provider: corosync_votequorum\n",
      "  debug: on\n",
    ]) {
      expect(text).toContain(line);
    }
  });

  it("writes a multicast group of the family of the addresses, or broadcast", () => {
    const address6 = (host: number) => `fd00::${host}`;
    const six = corosyncConf("lab", address6, [1], { transport: "udp", family: "ipv6" });
    expect(six).toContain("  ip_version: ipv6\n");
    expect(six).toContain("    mcastaddr: ff15::1:1\n");
    const broadcast = corosyncConf("lab", address, [1], { transport: "udp", broadcast: true });
    expect(broadcast).toContain("    broadcast: yes\n");
    expect(broadcast).not.toContain("mcastaddr");
  });
});
