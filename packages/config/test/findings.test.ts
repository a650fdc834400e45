import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConfigError } from "../src/config-error.ts";
import { findAll } from "../src/findings/find-all.ts";
import type { Finding } from "../src/findings/finding.ts";
import { evaluate, parseConfiguration } from "../src/index.ts";
import { caseEnvironment } from "./case-environment.ts";
import { type ConfigCase, caseAccounts, caseFiles, configCases } from "./config-cases.ts";
import { outcomeOf } from "./printed-outcome.ts";

function findingsOf(configCase: ConfigCase, content?: Uint8Array): readonly Finding[] {
  const recorded = caseFiles(configCase);
  const files = content === undefined ? recorded : { ...recorded, main: { ...recorded.main, content } };
  const errors: ConfigError[] = [];
  const map = parseConfiguration(files, caseAccounts, (error) => errors.push(error));
  return findAll(files, map, errors, caseEnvironment(configCase));
}

function findingsIn(text: string): readonly Finding[] {
  return findingsOf(configCases[0]!, new TextEncoder().encode(text));
}

/** Place, text and what may be meant. */
function short(findings: readonly Finding[]): string[] {
  return findings.map(({ severity, line, column, length, text, suggestion }) => {
    const place = line === null ? "" : ` ${line}:${column}+${length}`;
    return `${severity}${place}: ${text}${suggestion === null ? "" : ` -> ${suggestion}`}`;
  });
}

const NODELIST = "nodelist {\nnode {\nring0_addr: 10.66.0.1\nnodeid: 1\n}\n}\n";

describe("the findings of the recorded configurations", () => {
  it.each(configCases.map((one): [string, ConfigCase] => [one.id, one]))("%s", (_id, configCase) => {
    const { exit, stderr } = outcomeOf(configCase);
    const errors = findingsOf(configCase).filter(({ severity }) => severity === "error");
    if (exit === 0) {
      // What only a start looks at is found too.
      expect(errors.map(({ text }) => text).filter((text) => !text.startsWith("Priority value"))).toEqual([]);
      return;
    }
    expect(stderr).toContain(errors[0]?.text);
    for (const { reason, line, column, source, length } of errors) {
      expect(reason).not.toBe("");
      if (line === null) continue;
      expect(column! - 1 + length).toBeLessThanOrEqual(Math.max(source!.length, column!));
    }
  });
});

describe("findAll", () => {
  it("goes on after each error, of the file and of what it means", () => {
    const text = `totem {
  version: 3
  crypto_cipher: aes265
  tokn: 3000
  token: 12ms
  join 50
  secauth: yes
  rrp_mode: active
  hold: 5
  transport: updu
}
nodelist {
  node {
    ring0_addr: 10.66.0.1
    nodeid: 1
  }
  node {
    ring0_addr: 10.66.0.2
    nodeid: 1
  } # end
}
logging {
  to_syslog: maybe
  logger_subsys {
    debug: on
  }
}
quorum { provider: corosync_votequorum }
sytem {
  sched_rr: yes
`;
    expect(short(findingsIn(text))).toEqual(
      [
        "error 3:18+6: Invalid cipher type. Should be none, aes256, aes192 or aes128 -> aes256",
        'error 5:10+4: Value of key "totem.token" is expected to be integer in range (0..4294967295), but "12ms" was given -> 126',
        "error 6:3+7: Line is not opening or closing section or key value -> join: 50",
        "error 20:3+7: Extra characters before or after closing bracket '}' -> }",
        "error 26:3+1: No subsys key in logger_subsys directive",
        "error 28:10+31: Extra characters after opening bracket '{'",
        "error 30:3+13: Missing closing brace",
        "error 23:14+5: unknown value for to_syslog.",
        "error 10:14+4: Invalid transport type. Should be udpu, udp or knet -> udpu",
        "error 2:12+1: This totem parser can only parse version 2 configurations. -> version: 2",
        "error 9:9+1: The token hold timeout parameter (5 ms) may not be less than (14 ms). -> 14",
        "error 19:13+1: Nodeid 1 appears twice in corosync.conf -> 2",
        "warning 8:3+8: totem.rrp_mode has no effect",
        "note 30:3+8: unknown section of sytem.sched_rr",
        'warning 7:12+3: totem.secauth: "yes" is none of on, off',
        "warning 4:3+4: unknown key totem.tokn -> token",
      ].map((line) => line.replace("note 30:3+8", "warning 30:3+8")),
    );
  });

  it("tells which section is open, who this host is, and which key is needed", () => {
    expect(findingsIn("totem {\n\nlogging {\n}\n").at(0)?.reason).toContain(
      "Section totem of line 1 is not closed.",
    );
    const nobody = findingsIn(`totem {\nversion: 2\n}\n${NODELIST.replace("10.66.0.1", "10.66.0.9")}`);
    expect(nobody[0]?.reason).toContain("is called g1");
    expect(nobody[0]?.reason).toContain("10.66.0.1, 10.66.1.1");
    const keyless = findingsIn(`totem {\nversion: 2\nsecauth: on\nkeyfile: /nonexistent\n}\n${NODELIST}`);
    expect(short(keyless)).toEqual([
      "error 4:10+12: Could not open /nonexistent: No such file or directory -> corosync-keygen -k /nonexistent",
    ]);
  });

  it("shows no key", () => {
    const found = findingsIn(`totem {\nversion: 2\nsecauth: on\nkey: secret\n}\n${NODELIST}`);
    expect(found[0]).toMatchObject({
      text: "key is too short",
      source: "key: (hidden)",
      column: 6,
      length: 8,
    });
    expect(JSON.stringify(found)).not.toContain("secret");
  });

  it.each([
    "key SECRETSECRET",
    "key=SECRETSECRET",
    "keySECRETSECRET",
    "kye: SECRETSECRET",
    "ekey: SECRETSECRET",
    "Key : SECRETSECRET",
    "kye SECRETSECRET",
    'key "SECRETSECRET"',
    "key SECRETSECRET: SECRETSECRET",
    "key: SECRETSECRET {\nx y: 1\n}",
    "authkey: SECRETSECRET",
    "interface { key: SECRETSECRET",
    `key SECRETSECRET${"SECRET".repeat(100)}`,
    "SECRET".repeat(20),
  ])("shows no key that is misspelt: %s", (line) => {
    const found = findingsIn(`totem {\nversion: 2\n${line}\n}\n${NODELIST}`);
    expect(found.some(({ line }) => line === 3 || line === 4)).toBe(true);
    expect(JSON.stringify(found)).not.toContain("SECRET");
  });

  it("shows a misspelt name of the key's file", () => {
    const found = findingsIn(`totem {\nversion: 2\nkeyfle: /tmp/k\n}\n${NODELIST}`);
    expect(found[0]).toMatchObject({ source: "keyfle: /tmp/k", suggestion: "keyfile" });
  });

  it.each([
    ["totem", "token: 1O00", "1000"],
    ["totem", "token: l000", "1000"],
    ["totem", "token: 1x", "126"],
    ["totem", "token: 20", "126"],
    ["totem", "hold: 5x", "14"],
    ["totem", "token_warning: 1O1", "100"],
    ["totem", "window_size: 5O", "50"],
    ["totem", "window_size: abc", null],
    ["logging", "syslog_priority: wanr", "warning"],
    ["logging", "syslog_priority: ifno", "info"],
  ])("suggests for %s.%s what the daemon takes: %s", (section, line, wanted) => {
    const text = section === "totem" ? `totem {\nversion: 2\n${line}\n}\n` : `logging {\n\n${line}\n}\n`;
    const found = findingsIn(`${text}${NODELIST}`).find((one) => one.line === 3);
    expect(found).toMatchObject({ severity: "error", suggestion: wanted });
    if (wanted === null) return;
    const better = text.replace(line, `${line.split(":")[0]}: ${wanted}`);
    expect(findingsIn(`${better}${NODELIST}`).filter((one) => one.line === 3)).toEqual([]);
  });

  it("shows the lines of the nodes that are at fault", () => {
    const second = (lines: string) => NODELIST.replace(/}\n$/, `node {\nnodeid: 2\n${lines}\n}\n}\n`);
    const shown = (nodes: string) => {
      const found = findingsIn(`totem {\nversion: 2\n}\n${nodes}`).filter((one) => one.severity === "error");
      return found.map(({ text, line, source, reason }) => [
        text.split(" ").slice(0, 3).join(" "),
        line,
        source,
        reason,
      ]);
    };
    const stranger = second("ring0_addr: 10.66.0.8").replace("10.66.0.1", "10.66.0.9");
    expect(shown(stranger)).toEqual([
      [
        "No valid name",
        6,
        "ring0_addr: 10.66.0.9",
        expect.stringMatching(
          /is called g1.*10\.66\.0\.1, .*The nodes have ring0_addr 10\.66\.0\.9 \(line 6\), ring0_addr 10\.66\.0\.8 \(line 11\)\.$/,
        ),
      ],
    ]);
    expect(shown(second("ring0_addr: fd66::9"))).toEqual([
      [
        "Nodes for link",
        11,
        "ring0_addr: fd66::9",
        expect.stringContaining("ring0_addr 10.66.0.1 (line 6), ring0_addr fd66::9 (line 11)."),
      ],
    ]);
    const links = second("name: g2\nring0_addr: 10.66.0.2\nring1_addr: 10.66.1.2").replace(
      "nodeid: 1",
      "nodeid: 1\nring1_addr: 10.66.1.1",
    );
    expect(shown(links)).toEqual([
      [
        "for a multi-link",
        6,
        "ring0_addr: 10.66.0.1",
        expect.stringContaining("the nodes with ring0_addr 10.66.0.1 (line 6)."),
      ],
    ]);
  });

  it("has the same fields in every finding", () => {
    const text = "totem {\nversion: 2\nsecauth: maybe\ntokn: 1\ntransport: updu\nrrp_mode: none\nhold 5\n}\n";
    const found = findingsIn(`${text}${NODELIST}foo {\nbar: 1\n}\n`);
    expect(new Set(found.map(({ severity }) => severity))).toEqual(new Set(["error", "warning", "note"]));
    for (const one of found) {
      expect(Object.keys(one).sort()).toEqual(
        "column file key length line reason severity source suggestion text".split(" "),
      );
    }
  });

  it("leaves alone what other programs may have in the file", () => {
    const own = "pacemaker {\nuse_mgmtd: yes\n}\nresources {\nprocess {\nx {\nrecovery: quit\n}\n}\n}\n";
    const node = NODELIST.replace("nodeid: 1", "nodeid: 1\ndatacenterid: 7");
    const found = findingsIn(`totem {\nversion: 2\n}\n${node}${own}`);
    expect(short(found)).toEqual(["note 8:1+12: unknown key nodelist.node.0.datacenterid"]);
  });

  it("shows nothing of a line beyond its limit, and finds it whatever its bytes", () => {
    const long = findingsIn(`# ${"x".repeat(1 << 20)}\n\xff\xfe: 1\n`);
    expect(long[0]).toMatchObject({ line: 1, column: 511, length: 1, text: "Line too long" });
    expect(long[1]?.text).toContain("Can't store key");
  });

  it("finds an error exactly where the daemon does, in any file", () => {
    const lines = fc.constantFrom(
      ..."totem {|}|version: 2|token: 5|token: x|transport: udp|transport: knet|nodelist {|node {|nodeid: 1|logging {".split(
        "|",
      ),
      ..."ring0_addr: 10.66.0.1|ring0_addr: nowhere|ring9_addr: 1|interface {|bindnetaddr: 10.66.0.0|{|a b: c|debug: x|".split(
        "|",
      ),
    );
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 30 }), (chosen) => {
        const content = new TextEncoder().encode(chosen.join("\n"));
        const recorded = caseFiles(configCases[0]!);
        const errors = findingsOf(configCases[0]!, content).filter(({ severity }) => severity === "error");
        expect(errors[0]?.text ?? null).toBe(
          firstError({ ...recorded, main: { ...recorded.main, content } }),
        );
      }),
      { numRuns: 300 },
    );
  });
});

/** The text of the first error that a start comes upon, or null. */
function firstError(files: ReturnType<typeof caseFiles>): string | null {
  const bare = (text: string) => text.replace(/^(parser error: \S+:\d+|parse error in config): /, "");
  try {
    const { error } = evaluate(parseConfiguration(files, caseAccounts), caseEnvironment(configCases[0]!));
    return error === null ? null : bare(error.message);
  } catch (error) {
    return bare((error as Error).message);
  }
}
