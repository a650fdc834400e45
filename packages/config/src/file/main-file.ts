import type { KeyType } from "../catalogue/catalogue-key.ts";
import { type FilePosition, LineError } from "../config-error.ts";
import { type ConfigMap, MAX_KEY_CHARACTERS } from "../config-map.ts";
import { type AccountLookup, accessKey } from "./accounts.ts";
import type { FileOutline } from "./file-outline.ts";
import type { SectionReader } from "./grammar.ts";
import { InterfaceSection } from "./interface-section.ts";
import { NUMBER_KEYS, typedValue } from "./key-types.ts";
import { checkWord } from "./key-words.ts";
import { LoggerSection } from "./logger-section.ts";

/** The sections within which some keys are special; what is nested in one inherits (spec config 1.6). */
const SPECIAL_SECTIONS = [
  "totem",
  "totem.interface",
  "totem.interface.member",
  "system",
  "logging.logger_subsys",
  "logging.logging_daemon",
  "uidgid",
  "quorum",
  "quorum.device",
  "nodelist",
  "nodelist.node",
  "resources",
  "resources.system",
  "resources.system.memory_used",
  "resources.process",
  "resources.process.memory_used",
] as const;

type SpecialSection = (typeof SPECIAL_SECTIONS)[number];
/** The special section that a line is in, or null. */
type FileState = SpecialSection | null;

/** Reads corosync.conf into a map. */
export class MainFileReader implements SectionReader<FileState> {
  readonly topLevel = null;
  private nodeNumber = 0;
  private link: InterfaceSection;
  private logger = new LoggerSection("logger_subsys");

  constructor(
    private readonly map: ConfigMap,
    private readonly accounts: AccountLookup,
    private readonly outline: FileOutline,
  ) {
    this.link = new InterfaceSection(outline.ringNumbers);
  }

  enter(path: string, outer: FileState): FileState {
    const special = SPECIAL_SECTIONS.find((section) => section === path);
    if (special === undefined) {
      if (outer === "uidgid" || outer === "totem.interface.member") {
        throw new LineError(`Subsections are not allowed within ${outer} section`);
      }
      return outer;
    }
    if (special === "totem.interface") this.link = new InterfaceSection(this.outline.ringNumbers);
    else if (special === "nodelist") this.nodeNumber = 0;
    else if (special === "logging.logger_subsys") this.logger = new LoggerSection("logger_subsys");
    else if (special === "logging.logging_daemon") this.logger = new LoggerSection("logging_daemon");
    return special;
  }

  leave(path: string, state: FileState): void {
    // A section nested in a special one has its state, but does not end it.
    if (path !== state) return;
    if (state === "totem.interface") this.link.store(this.map);
    else if (state === "nodelist.node") this.nodeNumber++;
    else if (state === "logging.logger_subsys" || state === "logging.logging_daemon") {
      this.logger.store(this.map);
    }
  }

  item(path: string, value: string, state: FileState, position: FilePosition): void {
    switch (state) {
      case "totem.interface":
        if (!this.link.take(path, value, position)) this.store(path, value, "str", position);
        break;
      case "totem.interface.member":
        this.addMember(path, value, position);
        break;
      case "logging.logger_subsys":
      case "logging.logging_daemon":
        this.logger.take(path, value, position);
        break;
      case "uidgid":
        this.addAccount(path, value, position);
        break;
      case "nodelist.node":
        this.addNodeKey(path, value, position);
        break;
      default:
        if (state === "totem" || state === "system") checkWord(path, value, this.outline.legacyCiphers);
        this.store(path, value, keyType(path, state), position);
    }
  }

  private store(path: string, value: string, type: KeyType, position: FilePosition): void {
    this.map.store(path, typedValue(path, value, type), position);
  }

  private addMember(path: string, value: string, position: FilePosition): void {
    if (path !== "totem.interface.member.memberaddr") {
      throw new LineError("Only memberaddr is allowed in member section");
    }
    this.link.addMember(value, position);
  }

  private addAccount(path: string, value: string, position: FilePosition): void {
    if (path !== "uidgid.uid" && path !== "uidgid.gid") {
      throw new LineError("uidgid: Only uid and gid are allowed items");
    }
    const kind = path === "uidgid.uid" ? "uid" : "gid";
    this.map.set(accessKey(kind, value, this.accounts), { type: "u8", value: 1 }, position);
  }

  private addNodeKey(path: string, value: string, position: FilePosition): void {
    const name = path.slice("nodelist.node.".length);
    const key = `nodelist.node.${this.nodeNumber}.${name}`.slice(0, MAX_KEY_CHARACTERS);
    this.map.store(key, typedValue(key, value, NUMBER_KEYS.get(path) ?? "str"), position);
  }
}

/** Keys are special only where the section that holds is their own, directly or by inheritance. */
function keyType(path: string, state: FileState): KeyType {
  switch (state) {
    case "totem":
    case "quorum":
    case "quorum.device":
      return path.slice(0, path.lastIndexOf(".")) === state ? (NUMBER_KEYS.get(path) ?? "str") : "str";
    case "resources":
      return path.endsWith(".watchdog_timeout") ? "u32" : "str";
    case "resources.system":
    case "resources.system.memory_used":
    case "resources.process":
    case "resources.process.memory_used":
      return path.endsWith(".poll_period") ? "u64" : "str";
    default:
      return "str";
  }
}
