/** Where we differ from the C daemon on purpose: what ours does instead. */
export interface KnownDifference {
  /** The line of docs/compatibility.md that tells it: what C does, in its first column. */
  readonly documented: string;
  /** What is printed and returned by `-t`; left out where that is the same. */
  readonly outcome?: { readonly exit: number; readonly stderr: string };
  /** Keys that we have and C has not, or the reverse, as `corosync-cmapctl -b` prints them. */
  readonly cmap?: { readonly added: readonly string[]; readonly missing: readonly string[] };
}

const ACCEPTED = { exit: 0, stderr: "notice  [MAIN  ] Corosync Cluster Engine exiting normally\n" };

const WITHOUT_NODELIST = "The file has no nodelist and is read as Corosync 2 reads it.";

/** What comes of reading such a file without `secauth`, which then asks for encryption. */
const NO_KEY = {
  exit: 8,
  stderr: `error   [MAIN  ] Could not open /etc/corosync/authkey: No such file or directory
error   [MAIN  ] Corosync Cluster Engine exiting with status 8 at FILE:LINE.
`,
};

function refused(line: number, reason: string): { exit: number; stderr: string } {
  return { exit: 8, stderr: `parser error: /etc/corosync/corosync.conf:${line}: ${reason}\n` };
}

/** Exactly these cases differ: the test fails for any other, and for one of these that does not. */
export const knownDifferences: Readonly<Record<string, KnownDifference>> = {
  "gram-empty-key": {
    documented: "a line that begins with a colon gets the colon as its key",
    outcome: refused(3, "Key name can't be empty"),
  },
  "gram-node-subsection": {
    documented: "a section within a `node` loses its name",
    cmap: {
      added: [
        "nodelist.node.0.extra.foo (str) = bar",
        "nodelist.node.1.name (str) = g2",
        "nodelist.node.1.nodeid (u32) = 2",
        "nodelist.node.1.ring0_addr (str) = 10.66.0.2",
      ],
      missing: [
        "nodelist.node.0.foo (str) = bar",
        "nodelist.node.2.name (str) = g2",
        "nodelist.node.2.nodeid (u32) = 2",
        "nodelist.node.2.ring0_addr (str) = 10.66.0.2",
      ],
    },
  },
  "type-u64-text": {
    documented: "`config_version` or `poll_period` that is no number",
    outcome: refused(
      3,
      'Value of key "totem.config_version" is expected to be unsigned integer, but "abc" was given',
    ),
  },
  "type-u64-pollperiod": {
    documented: "`config_version` or `poll_period` that is no number",
    outcome: refused(
      18,
      'Value of key "resources.system.memory_used.poll_period" is expected to be unsigned integer, but "x" was given',
    ),
  },
  "type-u64-neg": {
    documented: "`config_version` or `poll_period` that is no number",
    outcome: refused(
      3,
      'Value of key "totem.config_version" is expected to be unsigned integer, but "-1" was given',
    ),
  },
  "sec-interface-bigint": {
    documented: "`knet_ping_interval` and the like of 2^31 and more",
    outcome: refused(
      5,
      'Value of key "totem.interface.knet_ping_interval" is expected to be integer in range (0..2147483647), but "2147483648" was given',
    ),
  },
  "enum-knet_compression_model-none": {
    documented: "`knet_compression_model: none`, the default of the manual page",
    outcome: ACCEPTED,
  },
  "sem-crypto-udpu": {
    documented: "encryption with `udp` or `udpu` is refused",
    outcome: ACCEPTED,
  },
  "sem-legacy-2x": {
    documented: "a file of 2.x without nodelist is refused",
    outcome: {
      exit: 0,
      stderr: `warning [MAIN  ] ${WITHOUT_NODELIST}
warning [MAIN  ] Redundant rings are not there any more: only the interface section of ring 0 is used.
warning [MAIN  ] Please migrate config file to nodelist.
${ACCEPTED.stderr}`,
    },
  },
  "sem-members": { documented: "a file of 2.x without nodelist is refused", outcome: NO_KEY },
  "sem-bindnet-only": { documented: "a file of 2.x without nodelist is refused", outcome: NO_KEY },
};
