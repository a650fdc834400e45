import { KEY_CATALOGUE } from "../catalogue/key-catalogue.ts";
import { editDistance } from "./nearest.ts";

/** Stands in the place of a key of encryption. */
export const HIDDEN = "(hidden)";

/** A word that a line, or what follows a brace in it, begins with; and what may part it from a value. */
const FIRST_WORD = /(?:^|[{}])\s*["']?([A-Za-z][\w.-]*)["']?[\s:=,"']*/g;
/** The word that the key of encryption is pasted to, the colon forgotten. */
const PASTED = /^(\s*key)[^\s:]{4,}\s*$/i;
/** A part of a key alone on its line, where the value was broken. */
const LONE_KEY_PART = /^\s*[\w+/=-]{32,}\s*$/;
/** Shorter pieces of a key tell nothing, and stand in other words by chance. */
const PIECE_CHARACTERS = 4;

const KNOWN_NAMES: ReadonlySet<string> = new Set(
  KEY_CATALOGUE.flatMap(({ path }) => path.split(".")).filter((name) => name !== "key"),
);

/**
 * What of a line may be the cluster's key of encryption, which must not get into logs and reports:
 * what follows `key`, or a word that is nearly that, whatever the section and with or without a colon.
 * @returns the first character that is hidden, or null
 */
function secretStart(line: string): number | null {
  if (LONE_KEY_PART.test(line)) return line.search(/\S/);
  for (const match of line.matchAll(FIRST_WORD)) {
    const [all, name = ""] = match;
    const end = match.index + all.length;
    if (mayBeKey(name)) return end < line.length ? end : null;
  }
  const pasted = PASTED.exec(line);
  return pasted !== null && !isNearlyKnown(line.trim()) ? pasted[1]!.length : null;
}

/** The same line without what must not be shown. */
export function withoutSecret(line: string): string {
  const start = secretStart(line);
  return start === null ? line : `${line.slice(0, start)}${HIDDEN}`;
}

/** What a text about a line must not quote of it. */
export function secretPieces(line: string): readonly string[] {
  const start = secretStart(line);
  if (start === null) return [];
  const pieces = line.slice(start).split(/[\s:{}]+/);
  return pieces.filter((piece) => piece.length >= PIECE_CHARACTERS);
}

function mayBeKey(name: string): boolean {
  const word = name.toLowerCase().split(".").at(-1)!;
  if (editDistance(word, "key") <= 1) return true;
  return /(^|[_-]|auth|crypto|totem|secret)key$|^key[_-]/.test(word) && !isNearlyKnown(word);
}

function isNearlyKnown(word: string): boolean {
  return KNOWN_NAMES.has(word) || editDistance(word.toLowerCase(), "keyfile") <= 2;
}
