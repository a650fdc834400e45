import { describe, expect, it } from "vitest";
import { totemConfig } from "../../src/index.ts";
import { VirtualNetwork } from "../virtual-network.ts";
import { mcast, mcastSeq, readToken } from "./scripted-packets.ts";
import { ringIn, type ScriptedRing } from "./scripted-ring.ts";

const RING = { representative: 1, sequence: 5 };

function accelerated(acceleratedWindowPackets: number, settings = {}): ScriptedRing {
  return ringIn("operational", { settings: { acceleratedWindowPackets, ...settings } });
}

const ignored = (ring: ScriptedRing): string[] =>
  ring.logs.filter((line) => line.includes("accelerated_window"));

describe("the accelerated ring (spec totem 20)", () => {
  it("is off by default", () => {
    expect(totemConfig(3).acceleratedWindowPackets).toBe(0);
    const ring = ringIn("operational");
    ring.waiting.push("a", "b");
    expect(ring.token().trace.slice(0, 3)).toEqual(["mcast", "mcast", "orf_token"]);
  });

  it("sends the last packets of a visit after the token, which announces them all, and delivers at once", () => {
    const ring = accelerated(2);
    ring.waiting.push("a", "b", "c");
    ring.token();
    expect(ring.trace).toEqual([
      "mcast",
      "orf_token",
      "mcast",
      "mcast",
      "deliver a from 1",
      "deliver b from 1",
      "deliver c from 1",
    ]);
    expect(ring.mcasts.map(mcastSeq)).toEqual([1, 2, 3]);
    expect(readToken(ring.tokens[0]!)).toMatchObject({ seq: 3, aru: 3, fcc: 3, backlog: 3 });
  });

  it("sends all after the token when the window is larger than the visit", () => {
    const ring = accelerated(50);
    ring.waiting.push("a", "b");
    expect(ring.token().trace.slice(0, 3)).toEqual(["orf_token", "mcast", "mcast"]);
  });

  it("answers requests before the token all the same (rule 1)", () => {
    const ring = accelerated(50).receive(mcast(2, RING, 1, "x"));
    ring.waiting.push("own");
    ring.forget().token({ seq: 1, aru: 0, aruAddr: 3, requests: [1] });
    expect(ring.trace.slice(0, 3)).toEqual(["mcast", "orf_token", "mcast"]);
    expect(ring.mcasts.map(mcastSeq)).toEqual([1, 2]);
  });

  it("requests only up to the seq of the token it sent in the previous rotation (rule 3)", () => {
    const ring = accelerated(1, { missCountConst: 3 });
    const requests = [1, 2, 3, 4, 5].map(
      (seq) => readToken(ring.token({ seq, aru: 0, aruAddr: 1 }).tokens.at(-1)!).requests,
    );
    // Without acceleration 1 would be asked for a visit earlier.
    expect(requests).toEqual([[], [], [], [1], [1, 2]]);
    const plain = ringIn("operational", { settings: { missCountConst: 3 } });
    const atOnce = [1, 2, 3].map(
      (seq) => readToken(plain.token({ seq, aru: 0, aruAddr: 1 }).tokens.at(-1)!).requests,
    );
    expect(atOnce).toEqual([[], [], [1]]);
  });

  it("is not used during recovery: neither late packets nor a bound on requests (rule 5)", () => {
    const settings = { acceleratedWindowPackets: 50, missCountConst: 3 };
    const ring = ringIn("operational", { nodeId: 2, settings });
    ring.receive(mcast(3, RING, 1, "m1"));
    const entry = () => ({ ringId: RING, received: false });
    ring.agree([1, 2, 3], [1]).commit(entry).recover(entry).forget();
    expect(ring.token({ seq: 1, retransFlg: 1 }).trace).toEqual(["mcast", "orf_token"]);
    for (let i = 0; i < 2; i++) ring.token({ seq: 2, aru: 0, aruAddr: 2 });
    expect(readToken(ring.tokens.at(-1)!).requests).toEqual([1]);
  });

  it("is ignored, with one line in the log, where others ask again after fewer than three visits", () => {
    const ring = ringIn("operational", { settings: { acceleratedWindowPackets: 10, missCountConst: 2 } });
    ring.waiting.push("a");
    expect(ring.token().trace[0]).toBe("mcast");
  });

  it("says so at the start, and again when a live change makes it so", () => {
    const network = new VirtualNetwork();
    const settings = { acceleratedWindowPackets: 10, missCountConst: 2 };
    const node = network.add(1, [1], settings);
    const lines = () => node.logs.filter((line) => line.includes("accelerated_window"));
    expect(lines()).toEqual([]);
    node.start();
    network.runUntil(() => network.isRing([1]), 1000);
    expect(lines()).toEqual([
      "warning accelerated_window 10 is ignored: with miss_count_const 2 others ask again for packets that are still on their way; it takes at least 3.",
    ]);
    node.totem.reconfigure(totemConfig(1, { ...settings, tokenTimeoutMs: 4000 }));
    expect(lines()).toHaveLength(1);
    node.totem.reconfigure(totemConfig(1, { ...settings, missCountConst: 3 }));
    expect(lines()).toHaveLength(1);
    node.totem.reconfigure(totemConfig(1, { ...settings, missCountConst: 1 }));
    expect(lines()).toHaveLength(2);
  });

  it("says nothing where it has its effect, or is off", () => {
    expect(ignored(accelerated(5, { missCountConst: 3 }))).toEqual([]);
    expect(ignored(accelerated(0, { missCountConst: 1 }))).toEqual([]);
  });

  it("leaves a legal hole when a node dies between token and late packets", () => {
    const ids = [1, 2, 3];
    const network = new VirtualNetwork(3);
    for (const id of ids) network.add(id, ids, { acceleratedWindowPackets: 17, tokenTimeoutMs: 500 }).start();
    network.runUntil(() => network.isRing(ids), 2000);
    const [one, two, three] = ids.map((id) => network.nodes.get(id)!);
    // What node 3 sends behind its token never leaves it, and it dies.
    network.filter = ({ from, bytes }) => !(from === 3 && bytes[3] === 1);
    three!.send("stamped, and gone");
    network.runUntil(() => three!.messages.length === 1, 1000);
    three!.crash();
    one!.send("behind the hole");
    network.runUntil(() => network.isRing([1, 2]), 10_000);
    network.runUntil(() => two!.messages.length > 0, 1000);
    const seen = (node: typeof one) =>
      node!.seen.slice(-3).map((e) => (e.kind === "change" ? e.change.kind : e.text));
    expect(seen(one)).toEqual(seen(two));
    expect(one!.messages).toEqual(["behind the hole"]);
  });
});
