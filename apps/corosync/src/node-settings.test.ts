import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "@corosync/config";
import { createEnvelope, fillSystemRandom } from "@corosync/crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeSettings } from "./node-settings.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "corosync-settings-"));
  writeFileSync(join(folder, "default"), new Uint8Array(128).fill(1), { mode: 0o400 });
  writeFileSync(join(folder, "other"), new Uint8Array(256).fill(2), { mode: 0o440 });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Loads a configuration with these lines in its totem section, as the daemon's start does. */
async function load(totem: string) {
  const path = join(folder, "corosync.conf");
  writeFileSync(
    path,
    `totem {\nversion: 2\ntransport: udpu\n${totem}\n}\nnodelist {\nnode {\nname: ${hostname()}\nnodeid: 1\nring0_addr: 127.0.0.1\n}\n}\n`,
  );
  const warnings: string[] = [];
  const { configuration, error } = await loadConfig(path, {
    testOnly: false,
    defaultKeyFile: join(folder, "default"),
    defaultStateDirectory: folder,
  });
  if (configuration === null) return { error: error?.message ?? "", settings: null, warnings };
  return { error: "", settings: nodeSettings(configuration, (text) => warnings.push(text)), warnings };
}

const CIPHERS = ["none", "aes128", "aes192", "aes256", "3des"] as const;
const HASHES = ["none", "md5", "sha1", "sha256", "sha384", "sha512"] as const;
const PAIRS = CIPHERS.flatMap((cipher) => HASHES.map((hash) => [cipher, hash] as const));

describe("the key's settings", () => {
  it.each(PAIRS)("crypto_cipher %s with crypto_hash %s", async (cipher, hash) => {
    const { error, settings } = await load(`crypto_cipher: ${cipher}\ncrypto_hash: ${hash}`);
    if (cipher !== "none" && hash === "none") {
      expect(error).toContain("crypto_cipher requires crypto_hash with value other than none");
      return;
    }
    expect(settings).toMatchObject({ cipher, hash });
    const { key } = settings!;
    if (hash === "none") {
      expect(key).toBeNull();
      return;
    }
    const envelope = createEnvelope({ cipher, hash, key: key!, fillRandom: fillSystemRandom })!;
    const sealed = new Uint8Array(envelope.sealedLength(100));
    envelope.seal(new Uint8Array(100), 0, 100, sealed, 0);
    expect(envelope.open(sealed, 0, sealed.length, new Uint8Array(100), 0)).toBe(100);
  });

  it.each([
    ["", "none", "none"],
    ["secauth: off", "none", "none"],
    ["secauth: yes", "none", "none"],
    ["secauth: on", "aes256", "sha256"],
    ["secauth: on\ncrypto_hash: sha512", "aes256", "sha512"],
    ["secauth: on\ncrypto_cipher: none", "none", "sha256"],
    ["secauth: on\ncrypto_cipher: none\ncrypto_hash: none", "none", "none"],
    ["secauth: off\ncrypto_cipher: aes128\ncrypto_hash: md5", "aes128", "md5"],
  ])("%j means %s and %s", async (totem, cipher, hash) => {
    const { settings } = await load(totem);
    expect(settings).toMatchObject({ cipher, hash });
    expect(settings!.key === null).toBe(hash === "none");
  });

  const TEXT = "k".repeat(127);
  const lentByte = (bytes: Uint8Array) => bytes[0];

  it("is the default file, or that of keyfile, or the text of key", async () => {
    const secure = "secauth: on\n";
    const [byDefault, byFile, byText, byBoth] = [
      await load(secure),
      await load(`${secure}keyfile: ${folder}/other`),
      await load(`${secure}key: ${TEXT}`),
      await load(`${secure}key: ${TEXT}\nkeyfile: other`),
    ];
    expect(byDefault.settings!.key!.lend(lentByte)).toBe(1);
    expect(byFile.settings!.key!.lend(lentByte)).toBe(2);
    expect(byFile.warnings).toEqual([expect.stringContaining("has mode 0440 and can be read by its group")]);
    expect(byText.settings!.key!.lend(lentByte)).toBe("k".charCodeAt(0));
    // The NUL behind the text is part of the key, as in C.
    expect(byText.settings!.key!.lengthBytes).toBe(128);
    // A relative path is one of the state directory.
    expect(byBoth.settings!.key!.lend(lentByte)).toBe(2);
  });

  it("names what is wrong with it", async () => {
    writeFileSync(join(folder, "short"), new Uint8Array(100));
    for (const [totem, message] of [
      [`keyfile: ${folder}/none`, `Could not open ${folder}/none: No such file or directory`],
      [`keyfile: ${folder}`, `Could not read ${folder}: Is a directory`],
      [`keyfile: ${folder}/short`, `Could only read 800 bits of minimum 1024 bits from ${folder}/short.`],
      [`key: ${"k".repeat(126)}`, "key is too short"],
    ]) {
      const { error } = await load(`secauth: on\n${totem}`);
      expect(error).toContain(message);
      expect(error).not.toContain("kkk");
    }
  });
});
