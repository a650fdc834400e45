import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTotem, totemConfig } from "@corosync/totem";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DaemonProcess, READY, runDaemon, Sandbox, START_MS } from "./daemon-process.ts";

let sandbox: Sandbox;
let ringIdPath: string;
const cleanups: (() => Promise<void> | void)[] = [];
beforeEach(() => {
  sandbox = new Sandbox();
  ringIdPath = join(sandbox.stateDirectory, "ringid_1");
  cleanups.push(() => sandbox.remove());
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Address of a second node, in the sandbox's configuration. */
function configureSecondNode(): string {
  const second = sandbox.address.replace(/\d+$/, (last) => String((Number(last) % 254) + 1));
  const config = readFileSync(sandbox.configPath, "utf8");
  const node = `nodelist {\nnode {\nnodeid: 2\nname: second\nring0_addr: ${second}\n}\n`;
  writeFileSync(sandbox.configPath, config.replace("nodelist {\n", node));
  return second;
}

async function joinAsSecondNode(address: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "second-"));
  cleanups.push(() => rmSync(directory, { recursive: true }));
  const totem = await openTotem({
    config: totemConfig(2),
    nodeId: 2,
    members: [
      { nodeId: 1, address: sandbox.address },
      { nodeId: 2, address },
    ],
    bindAddress: address,
    port: 5405,
    ringIdDirectory: directory,
    envelope: null,
    log: () => undefined,
    onFatal: () => undefined,
  });
  cleanups.push(() => totem.close());
  totem.start();
}

it("ends with 21 when the ring id can not be stored at the start", { timeout: START_MS }, async () => {
  mkdirSync(ringIdPath);
  const { code, stderr } = await runDaemon(["-f", ...sandbox.words]);
  expect(code).toBe(21);
  expect(stderr).toContain(
    `error   [MAIN  ] Couldn't create ringid file '${ringIdPath}': EISDIR: illegal operation on a directory`,
  );
  expect(stderr).toMatch(/Corosync Cluster Engine exiting with status 21 at /);
});

it("ends with 21 when the disk is full while it runs", { timeout: START_MS }, async () => {
  const second = configureSecondNode();
  const daemon = new DaemonProcess(["-f", ...sandbox.words]);
  cleanups.push(() => daemon.kill("SIGKILL"));
  await daemon.logged(READY);
  rmSync(ringIdPath);
  symlinkSync("/dev/full", ringIdPath);
  await joinAsSecondNode(second);
  const { code, stderr } = await daemon.outcome;
  expect(code).toBe(21);
  expect(stderr).toMatch(
    /^error {3}\[MAIN {2}\] Couldn't store new ring id [0-9a-f]+ to stable storage: ENOSPC: no space left on device/m,
  );
  expect(stderr).not.toMatch(/\b(emerg|alert)\b/);
});
