import { expect, it } from "vitest";
import { totemConfig } from "../src/ring/totem-config.ts";
import { readVector } from "./capture/captures.ts";

interface TimerRow {
  readonly nodes: number;
  readonly conf: Record<string, string>;
  readonly values?: Record<string, number>;
}

it("derives the defaults that C derives (spec totem 5)", () => {
  const { rows } = readVector("timers.json") as { rows: TimerRow[] };
  const plain = rows.filter(({ conf, values }) => values && Object.keys(conf).length === 0);
  expect(plain.length).toBeGreaterThan(3);
  for (const { nodes, values } of plain) {
    const config = totemConfig(nodes);
    expect({
      consensus: config.consensusMs,
      downcheck: config.downcheckMs,
      hold: config.holdMs,
      join: config.joinMs,
      merge: config.mergeMs,
      token: config.tokenTimeoutMs,
      token_retransmit: config.tokenRetransmitMs,
      token_retransmits_before_loss_const: config.tokenRetransmitsBeforeLossConst,
      token_warning: config.tokenWarningPercent,
    }).toEqual(values);
  }
});

it("lets settings win and derives the rest from them", () => {
  expect(totemConfig(3, { tokenTimeoutMs: 1000, windowSizePackets: 300 })).toMatchObject({
    tokenTimeoutMs: 1000,
    tokenRetransmitMs: 238,
    holdMs: 180,
    consensusMs: 1200,
    windowSizePackets: 300,
    maxMessagesPackets: 17,
  });
});
