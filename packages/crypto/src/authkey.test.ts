import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Authkey, AuthkeyError, authkeyFromBytes, authkeyFromConfig, generateAuthkey } from "./authkey.ts";

const bytesOf = (key: Authkey) => key.lend((bytes) => Uint8Array.from(bytes));

function counting(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i);
}

describe("key from a file's bytes", () => {
  it("takes 128 bytes, and says how many bits were missing", () => {
    expect(authkeyFromBytes(counting(128), "/etc/corosync/authkey").lengthBytes).toBe(128);
    expect(() => authkeyFromBytes(counting(127), "/etc/corosync/authkey")).toThrow(
      new AuthkeyError("Could only read 1016 bits of minimum 1024 bits from /etc/corosync/authkey."),
    );
    expect(() => authkeyFromBytes(new Uint8Array(0), "F")).toThrow("Could only read 0 bits of minimum");
  });

  it("looks at the first 4096 bytes of a longer file", () => {
    const file = counting(5000);
    expect(bytesOf(authkeyFromBytes(file, "F"))).toEqual(file.slice(0, 4096));
  });

  it("keeps a copy", () => {
    const file = counting(128);
    const key = authkeyFromBytes(file, "F");
    file.fill(0);
    expect(bytesOf(key)).toEqual(counting(128));
  });
});

describe("key from corosync.conf", () => {
  it("counts the terminating NUL: 127 characters are a key of 128 bytes", () => {
    const key = authkeyFromConfig("k".repeat(127));
    expect(key.lengthBytes).toBe(128);
    expect(bytesOf(key)[126]).toBe("k".charCodeAt(0));
    expect(bytesOf(key)[127]).toBe(0);
  });

  it("takes the value as bytes too", () => {
    expect(bytesOf(authkeyFromConfig(counting(200)))).toEqual(Uint8Array.from([...counting(200), 0]));
  });

  it("refuses other lengths", () => {
    expect(() => authkeyFromConfig("k".repeat(126))).toThrow(new AuthkeyError("key is too short"));
    expect(authkeyFromConfig("k".repeat(4095)).lengthBytes).toBe(4096);
    expect(() => authkeyFromConfig("k".repeat(4096))).toThrow(new AuthkeyError("key is too long"));
  });
});

describe("generating", () => {
  it("fills the key from the random source", () => {
    const key = generateAuthkey(256, (bytes) => bytes.fill(0x5a));
    expect(bytesOf(key)).toEqual(new Uint8Array(256).fill(0x5a));
  });

  it("wipes what it worked on", () => {
    let worked: Uint8Array | undefined;
    generateAuthkey(128, (bytes) => {
      worked = bytes.fill(1);
    });
    expect(worked).toEqual(new Uint8Array(128));
  });

  it.each([127, 4097, 128.5, Number.NaN])("refuses a size of %d", (size) => {
    expect(() => generateAuthkey(size, () => {})).toThrow(
      new AuthkeyError("Unsupported key size (supported <128,4096>)"),
    );
  });
});

describe("secrecy", () => {
  const secret = "GEHEIM".repeat(30);
  const key = authkeyFromConfig(secret);

  it("shows no byte when printed, inspected or serialised", () => {
    const shown = [
      String(key),
      `${key}`,
      inspect(key, { showHidden: true, depth: 9 }),
      inspect({ nested: { key } }, { depth: 9 }),
      JSON.stringify({ key }),
      JSON.stringify(Object.entries(key)),
    ].join("\n");
    expect(shown).toContain("[Authkey 181 bytes]");
    expect(shown).not.toContain("GEHEIM");
    expect(shown).not.toContain("71, 69");
  });

  it("is gone after wiping", () => {
    let kept: Uint8Array | undefined;
    const other = new Authkey(counting(128));
    other.lend((bytes) => {
      kept = bytes;
    });
    other.wipe();
    expect(kept).toEqual(new Uint8Array(128));
    expect(() => other.lend(() => {})).toThrow(new AuthkeyError("the authkey has been wiped"));
    expect(String(other)).toBe("[Authkey 128 bytes, wiped]");
  });
});
