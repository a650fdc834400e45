import type { CmapValue } from "../cmap-value.ts";
import type { FilePosition } from "../config-error.ts";
import type { ConfigMap } from "../config-map.ts";
import { parseInteger } from "./integer.ts";
import { INTERFACE_NUMBERS, INTERFACE_TEXTS } from "./key-types.ts";

const SECTION = "totem.interface.";

/**
 * One `totem { interface { } }`: its keys move to `totem.interface.LINK.KEY`, and the link number may
 * come last (spec config 2.2).
 */
export class InterfaceSection {
  private linkNumber: number | null = null;
  private ringNumber = 0;
  private readonly values = new Map<string, { value: CmapValue; position: FilePosition }>();
  private readonly members: { address: string; position: FilePosition }[] = [];

  /** @param ringNumbers whether `ringnumber` tells the sections apart, as in 2.x */
  constructor(private readonly ringNumbers: boolean) {}

  /**
   * Takes a key that belongs to the link.
   * @returns false for another key, which is stored without a link number
   * @throws LineError for a number out of range
   */
  take(path: string, text: string, position: FilePosition): boolean {
    const name = path.slice(SECTION.length);
    const number = INTERFACE_NUMBERS.get(name);
    if (number !== undefined) {
      const value = parseInteger(path, text, number.type, number.maximum);
      if (name === "linknumber") this.linkNumber = value;
      else this.values.set(name, { value: { type: number.type, value }, position });
      return true;
    }
    if (this.ringNumbers && name === "ringnumber" && /^[0-7]$/.test(text)) {
      this.ringNumber = Number(text);
      return true;
    }
    if (!INTERFACE_TEXTS.has(name)) return false;
    this.values.set(name, { value: { type: "str", value: text }, position });
    return true;
  }

  addMember(address: string, position: FilePosition): void {
    this.members.push({ address, position });
  }

  /** Stores what was taken. Members are numbered from the last one, as C does. */
  store(map: ConfigMap): void {
    const link = `${SECTION}${this.linkNumber ?? this.ringNumber}.`;
    for (const [name, { value, position }] of this.values) map.set(link + name, value, position);
    this.members.reverse().forEach(({ address, position }, index) => {
      map.set(`${link}member.${index}`, { type: "str", value: address }, position);
    });
  }
}
