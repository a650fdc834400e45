type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_CONFIG = "/etc/corosync/corosync.conf";
const DEFAULT_AUTHKEY = "/etc/corosync/authkey";
const DEFAULT_STATE_DIRECTORY = "/var/lib/corosync";
const DEFAULT_PID_FILE = "/var/run/corosync.pid";

/**
 * Where files lie that the configuration does not name. The three `COROSYNC_*` variables are those of
 * the 2.x series, `STATE_DIRECTORY` is what systemd sets (spec config 10.2); an empty one counts as unset.
 */
export interface DefaultPaths {
  readonly config: string;
  readonly authkey: string;
  readonly stateDirectory: string;
  readonly pidFile: string;
}

export function defaultPaths(environment: Environment): DefaultPaths {
  const value = (name: string) => environment[name] || undefined;
  return {
    config: value("COROSYNC_MAIN_CONFIG_FILE") ?? DEFAULT_CONFIG,
    authkey: value("COROSYNC_TOTEM_AUTHKEY_FILE") ?? DEFAULT_AUTHKEY,
    stateDirectory: value("STATE_DIRECTORY") ?? value("COROSYNC_RUN_DIR") ?? DEFAULT_STATE_DIRECTORY,
    pidFile: DEFAULT_PID_FILE,
  };
}
