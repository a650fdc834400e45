import { type FilePosition, LineError } from "../config-error.ts";
import { type ConfigMap, MAX_KEY_CHARACTERS } from "../config-map.ts";

interface LoggerKey {
  readonly name: string;
  readonly value: string;
  readonly position: FilePosition;
}

interface StoredSection {
  readonly prefix: string;
  /** The keys that name the section. */
  readonly names: readonly LoggerKey[];
}

/**
 * One `logger_subsys { }` or `logging_daemon { }`: its keys move to a name that the section itself
 * gives, in any place, and of a key that comes twice the first wins (spec config 2.4).
 */
export class LoggerSection {
  private readonly keys: LoggerKey[] = [];
  private subsystem: LoggerKey | null = null;
  private daemon: LoggerKey | null = null;

  constructor(private readonly kind: "logger_subsys" | "logging_daemon") {}

  take(path: string, value: string, position: FilePosition): void {
    const name = path.slice(`logging.${this.kind}.`.length);
    const key = { name, value, position };
    if (name === "subsys") this.subsystem = key;
    else if (name === "name" && this.kind === "logging_daemon") this.daemon = key;
    else this.keys.push(key);
  }

  /** @throws LineError when the section does not name itself, or a key cannot be stored */
  store(map: ConfigMap): void {
    const { prefix, names } = this.kind === "logger_subsys" ? this.subsystemKeys() : this.daemonKeys();
    // From the last to the first, which so wins: the order decides too which fault is found first.
    for (const { name, value, position } of [...this.keys.reverse(), ...names]) {
      const key = `${prefix}.${name}`.slice(0, MAX_KEY_CHARACTERS);
      map.store(key, { type: "str", value }, position);
    }
  }

  private subsystemKeys(): StoredSection {
    if (this.subsystem === null) throw new LineError("No subsys key in logger_subsys directive");
    return { prefix: `logging.logger_subsys.${this.subsystem.value}`, names: [this.subsystem] };
  }

  private daemonKeys(): StoredSection {
    const { daemon, subsystem } = this;
    if (daemon === null) throw new LineError("No name key in logging_daemon directive");
    if (daemon.value === "corosync") {
      return subsystem === null ? { prefix: "logging", names: [] } : this.subsystemKeys();
    }
    const prefix = `logging.logging_daemon.${daemon.value}`;
    if (subsystem === null) return { prefix, names: [daemon] };
    return { prefix: `${prefix}.${subsystem.value}`, names: [subsystem, daemon] };
  }
}
