import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { flightDataText } from "@corosync/blackbox";
import { readAuthkey } from "@corosync/crypto";
import { afterEach, expect, it } from "vitest";
import { DaemonProcess, READY, type Sandbox, twoNodes } from "./daemon-process.ts";

const sandboxes: Sandbox[] = [];
const daemons: DaemonProcess[] = [];
afterEach(async () => {
  for (const daemon of daemons.splice(0)) {
    daemon.kill("SIGKILL");
    await daemon.outcome;
  }
  for (const sandbox of sandboxes.splice(0)) sandbox.remove();
});

/** Every way in which a log could show some bytes of a key. */
function tracesOf(path: string): string[] {
  const key = readFileSync(path);
  return [key.subarray(0, 8), key.subarray(100, 108)].flatMap((part) => [
    part.toString("latin1"),
    part.toString("hex"),
    part.toString("base64").slice(0, 10),
    [...part].join(", "),
    [...part].map((byte) => byte.toString(16).padStart(2, "0")).join(" "),
  ]);
}

it("nodes with different keys never form one ring; both say why, at most once a second, and show no key", {
  timeout: 40_000,
}, async () => {
  const nodes = twoNodes((sandbox) => {
    sandbox.makeKey();
    return `transport: udpu\ntoken: 1000\ncrypto_cipher: aes256\ncrypto_hash: sha256\nkeyfile: ${sandbox.keyPath}`;
  });
  sandboxes.push(...nodes);
  const network = nodes[0].address.replace(/\d+$/, "");
  for (const sandbox of nodes) daemons.push(new DaemonProcess(["-f", ...sandbox.words]));
  const started = performance.now();
  await Promise.all(daemons.map((daemon) => daemon.logged(READY)));
  // Each node tries the other again and again.
  for (const [index, daemon] of daemons.entries()) {
    const peer = `${network}${2 - index}`;
    await daemon.logged(`Received message has invalid digest... ignoring. (from ${peer})`);
    await daemon.logged(`Received message has invalid digest... ignoring. (from ${peer}) (`);
  }
  const seconds = (performance.now() - started) / 1000;
  for (const [index, daemon] of daemons.entries()) {
    daemon.kill("SIGUSR2");
    await daemon.logged("Flight data written to ");
    daemon.kill("SIGTERM");
    const { code, stderr } = await daemon.outcome;
    expect(code).toBe(0);
    const complaints = stderr.match(/^warning \[TOTEM \] Received message has invalid digest.*$/gm) ?? [];
    expect(complaints.length).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
    const memberships = stderr.match(/A new membership .*$/gm) ?? [];
    expect(memberships.map((line) => line.replace(/^.*formed\. /, ""))).toEqual([
      `Members joined: ${index + 1}`,
    ]);
    const sandbox = nodes[index]!;
    const flight = [...flightDataText(readFileSync(join(sandbox.stateDirectory, "fdata")))].join("\n");
    const everything = `${stderr}${readFileSync(sandbox.logPath, "latin1")}${flight}`;
    for (const { keyPath } of nodes)
      for (const trace of tracesOf(keyPath)) expect(everything.includes(trace)).toBe(false);
    expect(readdirSync(sandbox.stateDirectory)).toContain(`ringid_${index + 1}`);
  }
  const { key } = readAuthkey(nodes[0].keyPath);
  const shown = inspect({ key }, { depth: 10, showHidden: true }) + JSON.stringify({ key }) + String(key);
  for (const trace of tracesOf(nodes[0].keyPath)) expect(shown.includes(trace)).toBe(false);
});
