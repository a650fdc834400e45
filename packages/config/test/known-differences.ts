/** Where we differ from the C daemon on purpose: what ours does instead. */
export interface KnownDifference {
  readonly why: string;
  /** What is printed and returned by `-t`; left out where that is the same. */
  readonly outcome?: { readonly exit: number; readonly stderr: string };
  /** Keys that we have and C has not, or the reverse, as `corosync-cmapctl -b` prints them. */
  readonly cmap?: { readonly added: readonly string[]; readonly missing: readonly string[] };
}

const ACCEPTED = { exit: 0, stderr: "notice  [MAIN  ] Corosync Cluster Engine exiting normally\n" };

function refused(line: number, reason: string): { exit: number; stderr: string } {
  return { exit: 8, stderr: `parser error: /etc/corosync/corosync.conf:${line}: ${reason}\n` };
}

/** Exactly these cases differ: the test fails for any other, and for one of these that does not. */
export const knownDifferences: Readonly<Record<string, KnownDifference>> = {
  "gram-empty-key": {
    why: "3.1.7 stores the colon as the key; 3.1.10 refuses an empty name",
    outcome: refused(3, "Key name can't be empty"),
  },
  "gram-node-subsection": {
    why: "3.1.7 loses the name of a section within a node and counts the node twice; as 3.1.10",
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
    why: "3.1.7 aborts; the error of 3.1.10",
    outcome: refused(
      3,
      'Value of key "totem.config_version" is expected to be unsigned integer, but "abc" was given',
    ),
  },
  "type-u64-pollperiod": {
    why: "3.1.7 aborts; the error of 3.1.10",
    outcome: refused(
      18,
      'Value of key "resources.system.memory_used.poll_period" is expected to be unsigned integer, but "x" was given',
    ),
  },
  "type-u64-neg": {
    why: "C wraps a negative number to a huge one",
    outcome: refused(
      3,
      'Value of key "totem.config_version" is expected to be unsigned integer, but "-1" was given',
    ),
  },
  "sec-interface-bigint": {
    why: "C drops ping values of 2^31 and more in silence",
    outcome: refused(
      5,
      'Value of key "totem.interface.knet_ping_interval" is expected to be integer in range (0..2147483647), but "2147483648" was given',
    ),
  },
  "enum-knet_compression_model-none": {
    why: "C refuses the word that its manual page gives as the default",
    outcome: ACCEPTED,
  },
  "sem-crypto-udpu": {
    why: "udp and udpu can be encrypted, in the packets of 2.x",
    outcome: ACCEPTED,
  },
};
