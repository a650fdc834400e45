import { ByteSpan } from "@corosync/codec";
import { describe, expect, it } from "vitest";
import { nextQueueLevel } from "../../src/group/queue-level.ts";
import { GroupEnd } from "./group-end.ts";

function hand(packets: readonly ByteSpan[], from: number, to: GroupEnd): void {
  for (const packet of packets) expect(to.groups.receive(from, packet)).toBeNull();
}

/** A message to several groups, in one packet (spec totem 14.1, 14.2). */
function packetTo(groups: readonly string[], payload: string): ByteSpan {
  const names = groups.join("");
  const message = new Uint8Array(2 + 2 * groups.length + names.length + payload.length);
  const view = new DataView(message.buffer);
  view.setUint16(0, groups.length, true);
  groups.forEach((name, i) => {
    view.setUint16(2 + 2 * i, name.length, true);
  });
  message.set(Buffer.from(names + payload, "latin1"), 2 + 2 * groups.length);
  const packet = new Uint8Array(10 + message.length);
  const packetView = new DataView(packet.buffer);
  packetView.setUint16(6, 1, true);
  packetView.setUint16(8, message.length, true);
  packet.set(message, 10);
  return new ByteSpan(packet);
}

describe("totempg packets (spec totem 14.1)", () => {
  it("have version and type 0, the fragment numbers, and the lengths before the data", () => {
    const end = new GroupEnd(1);
    end.send("one");
    end.send("three");
    const bytes = end.visit()[0]!.copy();
    expect([...bytes.subarray(0, 12)]).toEqual([0, 0, 0, 0, 0, 0, 2, 0, 8, 0, 10, 0]);
    expect(bytes).toHaveLength(12 + 8 + 10);
  });

  it("whose length is not exactly what they say are ignored and named", () => {
    const end = new GroupEnd(1);
    const packet = packetTo(["a"], "x").copy();
    expect(end.groups.receive(2, new ByteSpan(packet.subarray(0, packet.length - 1)))).toMatch(/msg_len/);
    expect(end.groups.receive(2, new ByteSpan(packet.subarray(0, 7)))).toMatch(/at least 8/);
    expect(end.delivered).toEqual([]);
  });
});

describe("groups (spec totem 14.2)", () => {
  it("are named before the payload: 01 00 01 00 61 for a, 8 bytes for sync", () => {
    for (const [name, prefix] of [
      ["a", [1, 0, 1, 0, 0x61]],
      ["sync", [1, 0, 4, 0, 0x73, 0x79, 0x6e, 0x63]],
    ] as const) {
      const end = new GroupEnd(1, undefined, name);
      end.send("payload");
      const bytes = end.visit()[0]!.copy();
      expect([...bytes.subarray(10, 10 + prefix.length)]).toEqual(prefix);
    }
  });

  it("get what names them, once, and nothing else", () => {
    const end = new GroupEnd(1, undefined, "sync");
    hand([packetTo(["a"], "to a"), packetTo(["a", "sync"], "to both"), packetTo(["syn"], "to syn")], 2, end);
    hand([packetTo(["sync"], "to sync")], 2, end);
    expect(end.delivered).toEqual(["to both", "to sync"]);
  });
});

describe("packing (spec totem 14.3)", () => {
  it("wakes the ring, and sends what waits in as few packets as possible", () => {
    const end = new GroupEnd(1);
    for (let i = 0; i < 10; i++) end.send("m".repeat(100));
    expect(end.woken).toBe(10);
    expect(end.visit()).toHaveLength(1);
  });

  it("cuts a long message, and packs what follows behind its end", () => {
    const [sender, receiver] = [new GroupEnd(1), new GroupEnd(2)];
    sender.send("L".repeat(3000));
    sender.send("short");
    const packets = sender.visit();
    expect(packets.map(({ length }) => length)).toEqual([1410, 1410, 10 + 2 + 205 + 10]);
    hand(packets, 1, receiver);
    expect(receiver.delivered).toEqual(["L".repeat(3000), "short"]);
  });
});

describe("work that waits for a token (spec totem 14.4)", () => {
  it("wakes a held ring when it is registered", () => {
    const end = new GroupEnd(1);
    end.groups.afterToken(() => true);
    expect(end.woken).toBe(1);
  });
});

describe("assembly (spec totem 14.5)", () => {
  it("keeps senders apart", () => {
    const [one, three, receiver] = [new GroupEnd(1), new GroupEnd(3), new GroupEnd(2)];
    one.send("1".repeat(2000));
    three.send("3".repeat(2000));
    const [first, third] = [one.visit(), three.visit()];
    hand([first[0]!], 1, receiver);
    hand([third[0]!, third[1]!], 3, receiver);
    hand([first[1]!], 1, receiver);
    expect(receiver.delivered).toEqual(["3".repeat(2000), "1".repeat(2000)]);
  });

  it("has a family of its own for the time of a synchronization", () => {
    const [sender, receiver] = [new GroupEnd(1), new GroupEnd(2)];
    for (const end of [sender, receiver]) end.groups.acknowledgeTransition();
    sender.send("N".repeat(2000));
    const [head, tail] = sender.visit();
    hand([head!], 1, receiver);
    receiver.change("transitional").change("regular");
    const other = new GroupEnd(1);
    other.send("during the synchronization");
    hand(other.visit(), 1, receiver);
    receiver.groups.acknowledgeTransition();
    hand([tail!], 1, receiver);
    expect(receiver.delivered).toEqual(["during the synchronization", "N".repeat(2000)]);
  });

  it("forgets, at the transitional change, what a node that left had begun", () => {
    const [sender, receiver] = [new GroupEnd(1), new GroupEnd(2)];
    sender.send("N".repeat(2000));
    hand([sender.visit()[0]!], 1, receiver);
    receiver.change("transitional", [1]);
    const again = new GroupEnd(1);
    again.send("back");
    hand(again.visit(), 1, receiver);
    expect(receiver.delivered).toEqual(["back"]);
  });
});

describe("limits (spec totem 3.3 and 14.6)", () => {
  it("refuse what does not fit the 4 MiB of a queue, and what exceeds 1 MiB at all times", () => {
    const end = new GroupEnd(1);
    expect(end.send("x".repeat(1_048_577))).toBe(false);
    let accepted = 0;
    while (end.send("x".repeat(1_048_576))) accepted++;
    expect(accepted).toBe(3);
    expect(end.groups.queueLevel).toBe("critical");
    end.visit(800);
    expect(end.send("x".repeat(1_048_576))).toBe(true);
  });

  it("of the two queues are apart", () => {
    const end = new GroupEnd(1);
    for (let i = 0; i < 3; i++) end.send("x".repeat(1_048_576));
    expect(end.send("x".repeat(1_048_576))).toBe(false);
    end.groups.acknowledgeTransition();
    end.change("transitional");
    expect(end.send("x".repeat(1_048_576))).toBe(true);
  });

  it("give the queue level in bands, with the previous level between them", () => {
    const levels = [10, 35, 45, 55, 65, 72, 80, 72, 65, 55, 45, 35, 10];
    let level = nextQueueLevel("good", 0);
    const seen = levels.map((percent) => {
      level = nextQueueLevel(level, percent);
      return level;
    });
    expect(seen).toEqual([
      "low",
      "low",
      "good",
      "good",
      "high",
      "high",
      "critical",
      "critical",
      "high",
      "high",
      "good",
      "good",
      "low",
    ]);
    for (const [percent, expected] of [
      [74, "good"],
      [75, "critical"],
      [30, "good"],
      [29, "low"],
      [70, "good"],
      [60, "good"],
    ] as const) {
      expect(nextQueueLevel("good", percent)).toBe(expected);
    }
  });
});
