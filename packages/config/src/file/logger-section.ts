import { LineError } from "../config-error.ts";
import { type ConfigMap, MAX_KEY_CHARACTERS } from "../config-map.ts";

/**
 * One `logger_subsys { }` or `logging_daemon { }`: its keys move to a name that the section itself
 * gives, in any place, and of a key that comes twice the first wins (spec config 2.4).
 */
export class LoggerSection {
  private readonly keys: [name: string, value: string][] = [];
  private subsystem: string | null = null;
  private daemon: string | null = null;

  constructor(private readonly kind: "logger_subsys" | "logging_daemon") {}

  take(path: string, value: string): void {
    const name = path.slice(`logging.${this.kind}.`.length);
    if (name === "subsys") this.subsystem = value;
    else if (name === "name" && this.kind === "logging_daemon") this.daemon = value;
    else this.keys.push([name, value]);
  }

  /** @throws LineError when the section does not name itself, or a key cannot be stored */
  store(map: ConfigMap): void {
    const { prefix, names } = this.kind === "logger_subsys" ? this.subsystemKeys() : this.daemonKeys();
    // From the last to the first, which so wins: the order decides too which fault is found first.
    for (const [name, value] of [...this.keys.reverse(), ...names]) {
      const key = `${prefix}.${name}`.slice(0, MAX_KEY_CHARACTERS);
      map.store(key, { type: "str", value });
    }
  }

  private subsystemKeys(): StoredSection {
    if (this.subsystem === null) throw new LineError("No subsys key in logger_subsys directive");
    return { prefix: `logging.logger_subsys.${this.subsystem}`, names: [["subsys", this.subsystem]] };
  }

  private daemonKeys(): StoredSection {
    if (this.daemon === null) throw new LineError("No name key in logging_daemon directive");
    if (this.daemon === "corosync") {
      return this.subsystem === null ? { prefix: "logging", names: [] } : this.subsystemKeys();
    }
    const prefix = `logging.logging_daemon.${this.daemon}`;
    if (this.subsystem === null) return { prefix, names: [["name", this.daemon]] };
    return {
      prefix: `${prefix}.${this.subsystem}`,
      names: [
        ["subsys", this.subsystem],
        ["name", this.daemon],
      ],
    };
  }
}

interface StoredSection {
  readonly prefix: string;
  readonly names: readonly (readonly [name: string, value: string])[];
}
