import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DaemonProcess, READY, Sandbox, START_MS } from "./daemon-process.ts";

let sandbox: Sandbox;
let daemon: DaemonProcess;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(async () => {
  daemon.kill("SIGKILL");
  await daemon.outcome;
  sandbox.remove();
});

it.each(["COROSYNC_RUN_DIR", "STATE_DIRECTORY"])(
  "configuration, key and %s come from the environment where nothing else names them",
  { timeout: START_MS },
  async (variable) => {
    sandbox.configure({
      totem: "transport: udpu\nsecauth: on",
      system: `ipc_socket_dir: ${sandbox.path}\nsched_rr: no`,
    });
    sandbox.makeKey();
    const other = join(sandbox.path, "other");
    mkdirSync(other);
    daemon = new DaemonProcess(["-f", "-l", sandbox.pidPath], {
      COROSYNC_MAIN_CONFIG_FILE: sandbox.configPath,
      COROSYNC_TOTEM_AUTHKEY_FILE: sandbox.keyPath,
      COROSYNC_RUN_DIR: other,
      [variable]: sandbox.stateDirectory,
    });
    await daemon.logged(READY);
    expect(existsSync(join(sandbox.stateDirectory, "ringid_1"))).toBe(true);
    expect(existsSync(join(other, "ringid_1"))).toBe(false);
  },
);
