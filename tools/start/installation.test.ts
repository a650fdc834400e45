import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { whyInstall } from "./installation.mjs";

describe("whyInstall", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "start-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const turbo = { version: "2.0.0", integrity: "sha512-a" };

  function lock(packages: object): void {
    writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages }));
  }
  function installed(packages: object): void {
    mkdirSync(join(root, "node_modules"), { recursive: true });
    writeFileSync(join(root, "node_modules/.package-lock.json"), JSON.stringify({ packages }));
  }

  it("asks for an installation in a fresh clone", () => {
    lock({ "": {}, "node_modules/turbo": turbo });
    expect(whyInstall(root)).toBe("nothing is installed yet");
  });

  it("asks for nothing when all that is locked is there, whatever the time stamps say", () => {
    installed({ "node_modules/turbo": turbo });
    lock({ "": {}, "packages/codec": {}, "node_modules/turbo": turbo });
    expect(whyInstall(root)).toBeUndefined();
  });

  it("does not miss an optional package of another machine", () => {
    installed({ "node_modules/turbo": turbo });
    lock({ "node_modules/turbo": turbo, "node_modules/@turbo/windows-64": { ...turbo, optional: true } });
    expect(whyInstall(root)).toBeUndefined();
  });

  it("names a package that is missing", () => {
    installed({ "node_modules/turbo": turbo });
    lock({ "node_modules/turbo": turbo, "node_modules/pino": turbo });
    expect(whyInstall(root)).toBe("node_modules/pino is missing");
  });

  it.each([{ version: "2.0.1" }, { integrity: "sha512-b" }])("names a package that became %j", (change) => {
    installed({ "node_modules/turbo": turbo });
    lock({ "node_modules/turbo": { ...turbo, ...change } });
    expect(whyInstall(root)).toBe("node_modules/turbo has changed");
  });

  it("asks again after an installation that was broken off", () => {
    lock({ "node_modules/turbo": turbo });
    mkdirSync(join(root, "node_modules"));
    writeFileSync(join(root, "node_modules/.package-lock.json"), '{"packages": {"node');
    expect(whyInstall(root)).toBe("nothing is installed yet");
  });
});
