import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ipAddress, parseIpAddress, sameAddress, sameNetwork } from "./ip-address.ts";

describe("parseIpAddress", () => {
  it.each([
    ["10.66.0.1", "10.66.0.1"],
    ["::", "::"],
    ["::1", "::1"],
    ["FD66:0:0::1", "fd66::1"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::ffff:10.0.0.1", "::ffff:10.0.0.1"],
    ["64:ff9b::1.2.3.4", "64:ff9b::102:304"],
  ])("writes %s as %s", (text, written) => {
    expect(parseIpAddress(text)?.text).toBe(written);
  });

  it.each([
    "",
    "10.1",
    "010.0.0.1",
    "1.2.3.256",
    "1.2.3.4.5",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7:8:9",
    "fe80::1%eth0",
    "12345::",
    "1.2.3.4::",
    "localhost",
  ])("leaves %j to the resolver", (text) => {
    expect(parseIpAddress(text)).toBeNull();
  });

  it("agrees with Node on what an address is", () => {
    const text = fc.string({ unit: fc.constantFrom("0", "1", "f", "25", ":", "::", "."), maxLength: 12 });
    fc.assert(
      fc.property(text, (candidate) => {
        expect(parseIpAddress(candidate) !== null).toBe(isIP(candidate) !== 0);
      }),
      { numRuns: 2000 },
    );
  });

  it("reads back what it writes", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc
        .array(fc.constantFrom(0, 0, 0, 1), { minLength: 16, maxLength: 16 })
        .map((list) => Uint8Array.from(list)),
    );
    fc.assert(
      fc.property(bytes, (list) => {
        const address = ipAddress(list);
        expect(sameAddress(parseIpAddress(address.text)!, address)).toBe(true);
      }),
    );
  });
});

describe("sameNetwork", () => {
  const address = (text: string) => parseIpAddress(text)!;

  it("compares the bits of the mask", () => {
    const mask = address("255.255.254.0");
    expect(sameNetwork(address("10.0.2.1"), address("10.0.3.9"), mask)).toBe(true);
    expect(sameNetwork(address("10.0.2.1"), address("10.0.4.1"), mask)).toBe(false);
  });

  it("never mixes families", () => {
    expect(sameNetwork(address("::"), address("0.0.0.0"), address("0.0.0.0"))).toBe(false);
    expect(sameNetwork(address("0.0.0.0"), address("0.0.0.0"), address("::"))).toBe(false);
  });
});
