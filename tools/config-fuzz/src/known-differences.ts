import type { Verdict } from "./verdict.ts";

/** A difference that is meant. */
export interface KnownDifference {
  /** The beginning of its line in docs/compatibility.md. */
  readonly name: string;
  applies(ours: Verdict, c: Verdict, text: string): boolean;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    name: "a line that begins with a colon gets the colon as its key",
    applies: (ours) => ours.stderr.includes("Key name can't be empty"),
  },
  {
    name: "`config_version` or `poll_period` that is no number",
    applies: (ours, c) =>
      ours.stderr.includes("is expected to be unsigned integer") ||
      (ours.exit === 8 && c.stderr.includes("safe_atoq_range")),
  },
  {
    name: "`knet_ping_interval` and the like of 2^31 and more",
    applies: (ours) => /integer in range \(0\.\.2147483647\)/.test(ours.stderr),
  },
  {
    name: "`knet_compression_model: none`, the default of the manual page",
    applies: (_ours, c) => c.stderr.includes("Invalid compression model."),
  },
  {
    name: "encryption with `udp` or `udpu` is refused",
    applies: (ours, c, text) =>
      c.stderr.includes("crypto_cipher & crypto_hash are only valid for the Knet transport.") ||
      (isSilent(ours, c) && /transport[ :]+udp/.test(text)),
  },
  {
    name: "the cipher 3des of 2.x is refused",
    applies: (_ours, c, text) => c.stderr.includes("Invalid cipher type") && text.includes("3des"),
  },
  {
    name: "`uid` or `gid` 4294967295 is refused",
    applies: (ours) => ours.stderr.includes("The '4294967295' "),
  },
  {
    name: "a `uid` or `gid` of hundreds of characters",
    applies: (ours, c) => c.signal === "SIGABRT" && c.stderr.includes("buffer overflow") && ours.exit === 8,
  },
  {
    name: "nodes of a `ring0_addr` and nothing else are counted twice",
    applies: (_ours, c, text) =>
      /transport[ :]+udp/.test(text) && (c.exit === 0 || /timeout/.test(c.stderr)) && LONE_ADDRESS.test(text),
  },
  {
    name: "a file of 2.x without nodelist is refused",
    // C refuses it for one reason or another; before that, both read the file alike.
    applies: (_ours, c, text) =>
      !text.includes("nodelist") &&
      text.includes("bindnetaddr") &&
      c.exit === 8 &&
      !c.stderr.startsWith("parser error"),
  },
  {
    name: "a section within a `node` loses its name",
    applies: (_ours, _c, text) => hasNestedSection(text),
  },
];

/** Both print nothing (`to_stderr: no`), so that only the exit codes tell them apart. */
function isSilent(ours: Verdict, c: Verdict): boolean {
  return ours.exit === 0 && c.exit === 8 && ours.stderr === "" && c.stderr === "";
}

const LONE_ADDRESS = /\{\s*ring0_addr[^\n]*\n\s*\}/;
const CLOSED = /^(node|interface|logger_subsys|logging_daemon|uidgid|member)$/;

/** Whether a section stands in one that 3.1.7 does not tell from the sections within it. */
function hasNestedSection(text: string): boolean {
  const open: string[] = [];
  for (const line of text.split("\n").map((one) => one.trim())) {
    if (line.startsWith("#")) continue;
    const brace = line.indexOf("{");
    if (brace !== -1) {
      const name = line.slice(0, brace).replace(/[\s:]+$/, "");
      if (CLOSED.test(open.at(-1) ?? "") && !(open.at(-1) === "interface" && name === "member")) return true;
      open.push(name);
    } else if (line === "}") open.pop();
  }
  return false;
}
