import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigMap } from "./config-map.ts";

const POSITION = { file: "corosync.conf", line: 1 };

describe("ConfigMap", () => {
  it("iterates in the order of cmap", () => {
    const vector = new URL("../test/vectors/cmap-key-order.json", import.meta.url);
    const { keys } = JSON.parse(readFileSync(vector, "utf8")) as { keys: readonly string[] };
    const map = new ConfigMap();
    for (const key of [...keys].reverse()) map.setString(`t.o.${key}`, "");
    expect(map.keysUnder("t.o.")).toEqual(keys.map((key) => `t.o.${key}`));
  });

  it("gives values of the type asked for only", () => {
    const map = new ConfigMap();
    map.setNumber("a.b", "u8", 1);
    map.setString("a.c", "\xc3\xa9");
    expect(map.number("a.b", "u8")).toBe(1);
    expect(map.number("a.b", "u32")).toBeUndefined();
    expect(map.text("a.b")).toBeUndefined();
    expect(map.string("a.c")).toBe("é");
  });

  it("shows everything but the key when it is inspected", () => {
    const map = new ConfigMap();
    map.setString("totem.key", "secret".repeat(30));
    map.setString("totem.version", "2");
    for (const depth of [0, 10]) {
      const text = inspect(
        { configuration: { cmap: map } },
        { depth, showHidden: true, maxStringLength: null },
      );
      expect(text).not.toContain("secret");
    }
    expect(inspect(map)).toContain("'totem.version' => { type: 'str', value: '2' }");
    expect(JSON.stringify(map)).not.toContain("secret");
  });

  it("stores only names that cmap allows", () => {
    const map = new ConfigMap();
    expect(() => map.store("ab", { type: "str", value: "" }, POSITION)).toThrow(
      `Can't store key "ab" into icmap, returned error is CS_ERR_NAME_TOO_LONG`,
    );
    expect(() => map.store("a b", { type: "str", value: "" }, POSITION)).toThrow();
    map.store("a-Z_0./:", { type: "str", value: "x" }, POSITION);
    expect(map.size).toBe(1);
  });

  it("finds the keys under a prefix as a scan does", () => {
    const key = fc.string({ unit: fc.constantFrom("a", "b", ".", "1"), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(key), key, (keys, prefix) => {
        const map = new ConfigMap();
        for (const name of keys) map.setString(name, "");
        expect(map.keysUnder(prefix)).toEqual(map.keys().filter((name) => name.startsWith(prefix)));
      }),
    );
  });
});
