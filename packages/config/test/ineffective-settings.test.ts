import { describe, expect, it } from "vitest";
import { findAll } from "../src/findings/find-all.ts";
import { evaluate, parseConfiguration } from "../src/index.ts";
import { caseEnvironment } from "./case-environment.ts";
import { caseAccounts, configCases } from "./config-cases.ts";

const NODES = "nodelist {\nnode {\nnodeid: 1\nring0_addr: 10.66.0.1\nextra: 1\n}\n}\n";
const environment = caseEnvironment(configCases[0]!);

function read(text: string) {
  const main = { path: "corosync.conf", content: new TextEncoder().encode(text) };
  const files = { main, uidgid: [] };
  const map = parseConfiguration(files, caseAccounts);
  const findings = findAll(files, map.copy(), [], environment);
  const { configuration, error } = evaluate(map, environment);
  expect(error).toBeNull();
  const remarks = findings.map(({ severity, line, text }) => `${severity} ${line}: ${text}`);
  return { warnings: configuration?.unusedKeyWarnings, remarks };
}

const totem = (lines: string) => `totem {\nversion: 2\n${lines}\n}\n`;
const ring = (lines: string) => `interface {\nlinknumber: 0\n${lines}\n}`;

describe("keys and values without effect", () => {
  it.each([
    [
      "an unknown key",
      totem("transport: udpu\ntoekn: 1000"),
      ["Unknown keys, which have no effect: totem.toekn (corosync.conf:4)"],
    ],
    [
      "a section of 1.x",
      `${totem("transport: udpu")}aisexec {\nuser: root\n}\n`,
      ["aisexec.user (corosync.conf:6) has no effect: user and group of the daemon of 1.x"],
    ],
    [
      "section pload",
      `${totem("transport: udpu")}pload {\ncount: 1\n}\n`,
      [
        "pload.count (corosync.conf:6) has no effect: test traffic of the service pload, which this version does not have",
      ],
    ],
    [
      "tags and an unknown subsystem",
      `${totem("transport: udpu")}logging {\nlogger_subsys {\nsubsys: NOSUCH\ntags: enter\n}\n}\n`,
      [
        "logging.logger_subsys.NOSUCH.tags (corosync.conf:8) has no effect: kinds of messages of 1.x",
        "logging.logger_subsys.NOSUCH.subsys (corosync.conf:7) names no subsystem: the section has no effect",
      ],
    ],
    [
      "multicast with udpu",
      totem(`transport: udpu\n${ring("mcastaddr: 239.1.1.1\nbroadcast: yes")}`),
      [
        "totem.interface.0.broadcast (corosync.conf:7) has no effect with transport udpu",
        "totem.interface.0.mcastaddr (corosync.conf:6) has no effect with transport udpu",
      ],
    ],
    [
      "multicast beside broadcast",
      totem(`transport: udp\n${ring("mcastaddr: 239.1.1.1\nbroadcast: yes")}`),
      ["totem.interface.0.mcastaddr (corosync.conf:6) has no effect with broadcast: yes"],
    ],
    [
      "another carrier",
      `${totem("transport: udpu")}system {\nqb_ipc_type: shm\n}\n`,
      ["system.qb_ipc_type (corosync.conf:6) shm has no effect: sockets are used"],
    ],
    [
      "an address of two nodes",
      `${totem("transport: udpu")}${NODES.replace(/}\n$/, "node {\nnodeid: 2\nring0_addr: 10.66.0.1\n}\n}\n")}`,
      ["nodelist.node.1.ring0_addr (corosync.conf:13) is the same as nodelist.node.0.ring0_addr"],
    ],
  ])("%s is named with its line at the start and by --explain", (_what, text, wanted) => {
    const { warnings, remarks } = read(text.includes("nodelist {") ? text : `${text}${NODES}`);
    expect(warnings).toEqual(wanted);
    for (const one of wanted) {
      const line = /:([0-9]+)\)/.exec(one)![1];
      expect(remarks.filter((remark) => remark.startsWith(`warning ${line}: `))).toHaveLength(1);
    }
  });

  it("says nothing of what has its effect", () => {
    const multicast = totem(`transport: udp\n${ring("mcastaddr: 239.1.1.1\nbroadcast: no")}`);
    const other = "system {\nqb_ipc_type: socket\n}\nlogging {\nlogger_subsys {\nsubsys: CPG\n}\n}\n";
    expect(read(`${multicast}${NODES}${other}`).warnings).toEqual([]);
  });

  it("names eight unknown keys at most", () => {
    const keys = Array.from({ length: 10 }, (_, index) => `own${index}: 1`).join("\n");
    const { warnings } = read(`${totem(`transport: udpu\n${keys}`)}${NODES}`);
    expect(warnings).toHaveLength(1);
    expect(warnings?.[0]).toMatch(/own7 \(corosync.conf:11\) and 2 more$/);
  });
});
