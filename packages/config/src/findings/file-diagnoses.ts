import { catalogueKey, filePath } from "../catalogue/key-catalogue.ts";
import { ACCEPTED_RANGES } from "./accepted-ranges.ts";
import type { Diagnosis, DiagnosisContext } from "./diagnosis.ts";
import { nearest } from "./nearest.ts";

function meaning(path: string): string {
  const entry = catalogueKey(path.replace(/^nodelist\.node\.[0-9]+\./, "nodelist.node."));
  if (entry === undefined) return "";
  const fallback = entry.fallback === null ? "" : ` Without it: ${entry.fallback}.`;
  return ` ${path}: ${entry.meaning}.${fallback}`;
}

/** The number nearest to what stands there that the daemon takes; letters may look like digits. */
function nearestNumber({ part }: DiagnosisContext): string | null {
  const alike = part(4).replaceAll(/[oO]/g, "0").replaceAll(/[lI]/g, "1");
  const digits = /^[0-9]+$/.test(alike) ? alike : /[+-]?[0-9]+/.exec(part(4))?.[0];
  if (digits === undefined) return null;
  const value = BigInt(digits.replace("+", ""));
  const [narrowLeast, narrowMost] = ACCEPTED_RANGES[filePath(part(1))] ?? [];
  const [least, most] = [narrowLeast ?? BigInt(part(2)), narrowMost ?? BigInt(part(3))];
  return String(value < least ? least : value > most ? most : value);
}

/** A word that the message itself lists, or that the catalogue has. */
function nearestWord(path: string): NonNullable<Diagnosis["suggestion"]> {
  return ({ source }) => {
    const value = source.slice(source.indexOf(":") + 1).trim();
    return nearest(value, catalogueKey(path)?.words ?? []);
  };
}

function word(pattern: RegExp, path: string): Diagnosis {
  const words = catalogueKey(path)?.words?.join(", ") ?? "";
  return {
    pattern,
    mark: "value",
    reason: `The words are ${words}.${meaning(path)}`,
    suggestion: nearestWord(path),
  };
}

const WITHOUT_COLON = /^\s*([A-Za-z][\w.-]*)\s*(?:=\s*|\s)(\S.*)$/;

/** The errors of grammar and values (spec config 1 and 2). */
export const FILE_DIAGNOSES: readonly Diagnosis[] = [
  { pattern: /^Line too long$/, mark: "end", reason: "A line has at most 510 bytes, comments included." },
  { pattern: /NUL byte$/, reason: "The file is text; a byte 0 in it is a sign of damage." },
  { pattern: /^Missing section name/, reason: "A section begins with its name and a brace: totem {" },
  {
    pattern: /^Extra characters after opening/,
    mark: "afterBrace",
    reason:
      "Nothing may follow the brace, no comment either: keys and the closing brace have lines of their own.",
  },
  { pattern: /total cmap path too long$/, reason: "Sections and key together have at most 254 characters." },
  { pattern: /^Key name can't be empty$/, reason: "A key stands before the colon: token: 3000" },
  {
    pattern: /^Line is not opening or closing section/,
    reason: "A line is a comment that begins with #, a section's beginning, its end, or a key with a colon.",
    suggestion: ({ source }) => {
      const match = WITHOUT_COLON.exec(source);
      return match === null ? null : `${match[1]}: ${match[2]}`;
    },
  },
  {
    pattern: /^Extra characters before or after closing/,
    reason: "The closing brace has a line of its own, without a comment.",
    suggestion: () => "}",
  },
  {
    pattern: /^Unexpected closing brace$/,
    reason: "No section is open here: one brace too many, or an opening line is missing.",
  },
  { pattern: /^Missing closing brace$/, reason: "The file ends within a section." },
  {
    pattern:
      /^Value of key "(.*)" is expected to be integer in range \((-?\d+)\.\.(-?\d+)\), but "(.*)" was given$/s,
    mark: "value",
    reason: ({ part }) =>
      `It takes a decimal number from ${part(2)} to ${part(3)} and nothing after it.${meaning(part(1))}`,
    suggestion: nearestNumber,
  },
  {
    pattern: /^Value of key "(.*)" is expected to be unsigned integer/s,
    mark: "value",
    reason: ({ part }) => `It takes a decimal number from 0 to 18446744073709551615.${meaning(part(1))}`,
  },
  {
    pattern: /^Can't store key "(.*)" into icmap/s,
    mark: "key",
    reason:
      "The full name of a key has 3 to 254 characters of a-z A-Z 0-9 . _ - / and the colon, its section's name included.",
    suggestion: ({ part }) => {
      const name = part(1).slice(part(1).lastIndexOf(".") + 1);
      const mended = name.trim().replaceAll(/[^\w./:-]+/g, "_");
      return mended === name || !/[A-Za-z]/.test(mended) ? null : mended;
    },
  },
  word(/^Invalid ip_version type$/, "totem.ip_version"),
  word(/^Invalid crypto model\./, "totem.crypto_model"),
  word(/^Invalid cipher type\./, "totem.crypto_cipher"),
  word(/^Invalid hash type\./, "totem.crypto_hash"),
  word(/^Invalid compression model\./, "totem.knet_compression_model"),
  word(/^Invalid system\.qb_ipc_type$/, "system.qb_ipc_type"),
  word(/^Invalid system\.sched_rr value$/, "system.sched_rr"),
  word(/^Invalid system\.move_to_root_cgroup$/, "system.move_to_root_cgroup"),
  word(/^Invalid system\.allow_knet_handle_fallback$/, "system.allow_knet_handle_fallback"),
  {
    pattern: /^No subsys key in logger_subsys/,
    reason: "The section that ends here has to say which subsystem it is about: subsys: TOTEM",
  },
  {
    pattern: /^No name key in logging_daemon/,
    reason: "The section that ends here has to say which daemon it is about: name: corosync",
  },
  {
    pattern: /^Only memberaddr is allowed/,
    mark: "key",
    reason: "A member section has one key, the member's address.",
    suggestion: () => "memberaddr",
  },
  {
    pattern: /^uidgid: Only uid and gid/,
    mark: "key",
    reason: "A uidgid section names users and groups that may connect.",
    suggestion: ({ source }) => nearest(source.slice(0, source.indexOf(":")).trim(), ["uid", "gid"]),
  },
  {
    pattern: /^uidgid: Can't add subsection/,
    reason: "The files of uidgid.d have sections uidgid, and nothing else.",
    suggestion: () => "uidgid {",
  },
  { pattern: /^Subsections are not allowed within/, reason: "The section has keys only." },
  {
    pattern: /^The '.*' (user|group) is not found/s,
    mark: "value",
    reason: ({ part }) => `The name of a ${part(1)} has to be in this host's files; a number needs no name.`,
  },
  {
    pattern: /^Can't format parser error message$/,
    reason: "The line has a fault whose message would be too long to print.",
  },
];
