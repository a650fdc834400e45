import { describe, expect, it } from "vitest";
import { type Configuration, evaluate, parseConfiguration } from "../src/index.ts";
import { caseEnvironment } from "./case-environment.ts";
import { caseAccounts, configCases, readVector } from "./config-cases.ts";

interface TimerRow {
  readonly nodes: number;
  readonly conf: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, number>>;
  readonly error?: string;
}

const FIELDS: Readonly<Record<string, keyof Configuration["totem"]>> = {
  token: "tokenTimeoutMs",
  token_retransmit: "tokenRetransmitMs",
  token_retransmits_before_loss_const: "tokenRetransmitsBeforeLossConst",
  token_warning: "tokenWarningPercent",
  hold: "holdMs",
  join: "joinMs",
  consensus: "consensusMs",
  merge: "mergeMs",
  downcheck: "downcheckMs",
};

function evaluated({ nodes, conf }: TimerRow) {
  const keys = Object.entries(conf).map(([key, value]) => `${key}: ${value}\n`);
  const list = Array.from({ length: nodes }, (_, index) => {
    return `node {\nring0_addr: 10.66.0.${index + 1}\nnodeid: ${index + 1}\n}\n`;
  });
  const text = `totem {\nversion: 2\ntransport: udpu\n${keys.join("")}}\nnodelist {\n${list.join("")}}\n`;
  const main = { path: "corosync.conf", content: new TextEncoder().encode(text) };
  const map = parseConfiguration({ main, uidgid: [] }, caseAccounts);
  return evaluate(map, caseEnvironment(configCases[0]!));
}

describe("derived timers", () => {
  const { rows } = readVector<{ rows: readonly TimerRow[] }>("timers.json");

  it.each(rows.map((row) => [row.nodes, JSON.stringify(row.conf), row] as const))(
    "%i nodes, %s",
    (_n, _c, row) => {
      const { configuration, error } = evaluated(row);
      if (row.values === undefined) {
        expect(error?.message).toBe(`parse error in config: ${row.error}`);
        return;
      }
      const found = Object.keys(row.values).map((key) => [key, configuration?.totem[FIELDS[key]!]]);
      expect(Object.fromEntries(found)).toEqual(row.values);
    },
  );
});
