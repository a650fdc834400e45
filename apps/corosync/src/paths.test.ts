import { describe, expect, it } from "vitest";
import { defaultPaths } from "./paths.ts";

describe("defaultPaths", () => {
  it("answers the places of the C daemon when the environment says nothing", () => {
    const expected = {
      config: "/etc/corosync/corosync.conf",
      authkey: "/etc/corosync/authkey",
      stateDirectory: "/var/lib/corosync",
      pidFile: "/var/run/corosync.pid",
    };
    expect(defaultPaths({})).toEqual(expected);
    expect(defaultPaths({ COROSYNC_RUN_DIR: "", STATE_DIRECTORY: "" })).toEqual(expected);
  });

  it("honours the variables of the 2.x series, and systemd's before them", () => {
    const environment = {
      COROSYNC_MAIN_CONFIG_FILE: "/a.conf",
      COROSYNC_TOTEM_AUTHKEY_FILE: "/a.key",
      COROSYNC_RUN_DIR: "/run/a",
    };
    const paths = defaultPaths(environment);
    expect([paths.config, paths.authkey, paths.stateDirectory]).toEqual(["/a.conf", "/a.key", "/run/a"]);
    expect(defaultPaths({ ...environment, STATE_DIRECTORY: "/state" }).stateDirectory).toBe("/state");
  });
});
