import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseIpAddress } from "../evaluation/ip-address.ts";
import { type LoadConfigOptions, loadConfig } from "./load-config.ts";
import type { NameService } from "./name-service.ts";

describe("loadConfig", () => {
  let directory: string;
  let asked: string[];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "config-"));
    asked = [];
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const names: NameService = {
    addresses: async (name) => {
      asked.push(name);
      return name === "one" ? [parseIpAddress("127.0.0.1")!] : [];
    },
    hostName: async ({ text }) => {
      asked.push(text);
      return null;
    },
  };

  function load(text: string, options: LoadConfigOptions = {}) {
    const path = join(directory, "corosync.conf");
    writeFileSync(path, text.replaceAll("DIR", directory));
    return loadConfig(path, {
      hostName: "nobody",
      nameService: names,
      defaultStateDirectory: directory,
      ...options,
    });
  }

  const totem = "totem {\nversion: 2\ntransport: udpu\n}\n";
  const nodes = (...addresses: string[]) =>
    `nodelist {\n${addresses.map((a, n) => `node {\nring0_addr: ${a}\nnodeid: ${n + 1}\n}\n`).join("")}}\n`;

  it("loads a cluster on loopback with the interfaces of this machine, and asks no name service", async () => {
    const { configuration, error } = await load(totem + nodes("127.0.0.2", "127.0.0.1"));
    expect(error).toBeNull();
    expect(configuration).toMatchObject({ nodeId: 2, bindAddress: "127.0.0.1" });
    expect(asked).toEqual([]);
  });

  it("asks for the addresses of names, and for more only to find itself", async () => {
    const { configuration } = await load(totem + nodes("one"));
    expect(configuration).toMatchObject({ nodeId: 1, members: [{ address: "127.0.0.1" }] });
    expect(asked).toContain("127.0.0.1");
    asked.length = 0;
    await load(totem + nodes("one"), { hostName: "one" });
    expect(asked).toEqual(["one"]);
  });

  it("reads uidgid.d beside the file, with names of the local user database", async () => {
    mkdirSync(join(directory, "uidgid.d/folder"), { recursive: true });
    writeFileSync(join(directory, "uidgid.d/.a"), "uidgid {\nuid: root\ngid: 77\n}\n");
    const { configuration } = await load(totem + nodes("127.0.0.1"));
    expect(configuration?.cmap.keysUnder("uidgid.")).toEqual(["uidgid.config.gid.77", "uidgid.config.uid.0"]);
    writeFileSync(join(directory, "uidgid.d/b"), "\nuidgid {\nuser: root\n}\n");
    const { error } = await load(totem + nodes("127.0.0.1"));
    expect(error?.message).toBe(
      `parser error: ${directory}/uidgid.d/b:3: uidgid: Only uid and gid are allowed items`,
    );
  });

  it("says why a file cannot be read", async () => {
    const missing = await loadConfig(join(directory, "none.conf"));
    expect(missing.error).toMatchObject({
      message: `Can't read file ${directory}/none.conf: No such file or directory`,
      exitCode: 8,
    });
    const folder = await loadConfig(directory);
    expect(folder.error?.message).toBe(`Can't read file ${directory}: Is a directory`);
  });

  it("looks for keys, log files and directories where they are", async () => {
    const secure = totem.replace("}", "secauth: on\nkeyfile: key\n}") + nodes("127.0.0.1");
    expect((await load(secure)).error?.message).toBe("Could not open key: No such file or directory");
    writeFileSync(join(directory, "key"), new Uint8Array(100));
    expect((await load(secure)).error?.message).toBe(
      "Could only read 800 bits of minimum 1024 bits from key.",
    );
    writeFileSync(join(directory, "key"), new Uint8Array(5000));
    expect((await load(secure)).configuration?.crypto.keySource).toEqual({ from: "file", path: "key" });

    const log = await load(`${totem}logging {\nlogfile: DIR/no/log\n}\n${nodes("127.0.0.1")}`);
    expect(log.error).toMatchObject({
      exitCode: 7,
      message: `parse error in config: Can't open logfile '${directory}/no/log' for reason: No such file or directory (2).`,
    });
    const state = await load(`${totem}system {\nstate_dir: DIR/key\n}\n${nodes("127.0.0.1")}`);
    expect(state.error).toMatchObject({
      exitCode: 16,
      message: `Cannot chdir to state directory ${directory}/key. Not a directory`,
    });
  });

  it("takes a hundred thousand keys and refuses a line of a megabyte at once", async () => {
    const keys = Array.from({ length: 100_000 }, (_, n) => `key${n}: v\n`).join("");
    const { configuration } = await load(`${totem}${nodes("127.0.0.1")}own {\n${keys}}\n`);
    expect(configuration?.cmap.keysUnder("own.")).toHaveLength(100_000);
    const { error } = await load(`a: ${"x".repeat(1 << 20)}`);
    expect(error?.message).toMatch(/:1: Line too long$/);
  });
});
