import type { CmapValue } from "../cmap-value.ts";
import type { ConfigMap } from "../config-map.ts";
import { parseInteger } from "./integer.ts";
import { INTERFACE_NUMBERS, INTERFACE_TEXTS } from "./key-types.ts";

const SECTION = "totem.interface.";

/**
 * One `totem { interface { } }`: its keys move to `totem.interface.LINK.KEY`, and the link number may
 * come last (spec config 2.2).
 */
export class InterfaceSection {
  private linkNumber = 0;
  private readonly values = new Map<string, CmapValue>();
  private readonly members: string[] = [];

  /**
   * Takes a key that belongs to the link.
   * @returns false for another key, which is stored without a link number
   * @throws LineError for a number out of range
   */
  take(path: string, text: string): boolean {
    const name = path.slice(SECTION.length);
    const number = INTERFACE_NUMBERS.get(name);
    if (number !== undefined) {
      const value = parseInteger(path, text, number.type, number.maximum);
      if (name === "linknumber") this.linkNumber = value;
      else this.values.set(name, { type: number.type, value });
      return true;
    }
    if (!INTERFACE_TEXTS.has(name)) return false;
    this.values.set(name, { type: "str", value: text });
    return true;
  }

  addMember(address: string): void {
    this.members.push(address);
  }

  /** Stores what was taken. Members are numbered from the last one, as C does. */
  store(map: ConfigMap): void {
    const link = `${SECTION}${this.linkNumber}.`;
    for (const [name, value] of this.values) map.set(link + name, value);
    this.members.reverse().forEach((address, index) => {
      map.setString(`${link}member.${index}`, address);
    });
  }
}
