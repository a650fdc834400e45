import { createHash } from "node:crypto";
import type { CpgGroup } from "@corosync/cpg";
import { describe, expect, it } from "vitest";
import { StackCluster } from "./stack-cluster.ts";

/** Sizes from one byte to what needs three fragments. */
const SIZES = [1, 64, 1600, 8192, 70_000, 900_000, 2_500_000];

function message(sender: string, number: number): Uint8Array {
  const size = SIZES[(number * 5 + sender.charCodeAt(0)) % SIZES.length]!;
  const bytes = new Uint8Array(Math.max(size, 16)).fill(number & 0xff);
  bytes.set(Buffer.from(`${sender} ${number} `.padEnd(16)));
  return bytes;
}

/** Records what a member sees, one line an event. */
class Recorder {
  readonly lines: string[] = [];
  readonly done: Promise<void>;

  constructor(
    readonly label: string,
    readonly group: CpgGroup,
  ) {
    this.done = this.#record();
    this.done.catch(() => undefined); // looked at when it matters
  }

  async #record(): Promise<void> {
    for await (const event of this.group) {
      if (event.type === "message") {
        const digest = createHash("sha1").update(event.data).digest("hex").slice(0, 8);
        this.lines.push(`${Buffer.from(event.data.subarray(0, 16)).toString().trim()} ${digest}`);
      } else if (event.type === "membership") {
        const who = (list: readonly { nodeId: number; pid: number }[]) =>
          list.map((member) => `${member.nodeId}:${member.pid}`).sort();
        this.lines.push(`members ${who(event.members)} left ${who(event.left)} joined ${who(event.joined)}`);
      } else this.lines.push(`ring of ${event.members}`);
    }
  }

  /** What was seen from the given line on. */
  after(line: string): string[] {
    return this.lines.slice(this.lines.lastIndexOf(line) + 1);
  }
}

describe("three executives with CPG", () => {
  it("show all members the same order through splits, merges and deaths", async () => {
    const cluster = new StackCluster();
    await cluster.start(1, 2, 3);
    cluster.bus.install([1, 2, 3]);
    await cluster.during(Promise.all([...cluster.executives.values()].map((e) => e.ready)));
    const members: Recorder[] = [];
    const options = { initialConfiguration: false, maxQueuedBytes: 100_000 };
    for (const [label, node] of Object.entries({ a: 1, b: 2, c: 3, d: 2 }))
      members.push(new Recorder(label, await cluster.join(node, "orders", options)));
    const [a, b, c, d] = members as [Recorder, Recorder, Recorder, Recorder];
    await cluster.turns(20);

    const sendAll = (from: number, to: number, senders = members) =>
      Promise.all(
        senders.map(async ({ label, group }) => {
          for (let n = from; n < to; n++) await group.multicast(message(label, n));
        }),
      );
    const seen = (recorder: Recorder, mark: string) => recorder.lines.some((line) => line.startsWith(mark));
    const allSee = (recorders: Recorder[], marks: string[]) =>
      cluster.until(() => recorders.every((r) => marks.every((mark) => seen(r, mark))));

    await cluster.during(sendAll(0, 8));
    await allSee(members, ["a 7", "b 7", "c 7", "d 7"]);
    const joined = d.lines[0]!;
    for (const recorder of members) expect(recorder.after(joined)).toEqual(a.after(joined));

    // The ring splits in the midst of sending; both sides go on.
    const sending = sendAll(8, 18);
    await cluster.turns(3);
    cluster.bus.install([1, 2]);
    cluster.bus.install([3]);
    await cluster.during(sending);
    await allSee([a, b, d], ["a 17", "b 17", "d 17"]);
    await allSee([c], ["c 17"]);
    expect(b.after(joined)).toEqual(a.after(joined));
    expect(d.after(joined)).toEqual(a.after(joined));
    expect(c.after("ring of 3").some((line) => /^[abd] /.test(line))).toBe(false);

    cluster.bus.install([1, 2, 3]);
    await cluster.during(sendAll(18, 22));
    await allSee(members, ["a 21", "b 21", "c 21", "d 21"]);
    for (const recorder of members) expect(recorder.after("ring of 1,2,3")).toEqual(a.after("ring of 1,2,3"));

    // A process goes without a word, then a whole node.
    await cluster.during(d.group.close());
    await cluster.during(d.done);
    await cluster.until(() => a.lines.at(-1)!.includes(`left 2:${d.group.pid}`));
    cluster.kill(3);
    cluster.bus.install([1, 2]);
    await expect(c.done).rejects.toThrow("CS_ERR_LIBRARY");
    await cluster.during(sendAll(22, 25, [a, b]));
    await allSee([a, b], ["a 24", "b 24"]);
    expect(b.after(joined)).toEqual(a.after(joined));
    expect(a.lines).toContain(`members 1:${a.group.pid},2:${b.group.pid} left 3:${c.group.pid} joined `);
    // Each own message came exactly once.
    for (const recorder of [a, b]) {
      const own = recorder.lines.filter((line) => line.startsWith(`${recorder.label} `));
      expect(own.map((line) => Number(line.split(" ")[1]))).toEqual(Array.from({ length: 25 }, (_, n) => n));
    }
    expect(a.group.malformedEvents).toBe(0);

    await cluster.during(b.group.leave());
    await cluster.during(b.done);
    expect(b.lines.at(-1)).toBe(`members 1:${a.group.pid} left 2:${b.group.pid} joined `);
    await expect(b.group.multicast(new Uint8Array(1))).rejects.toThrow("CS_ERR_NOT_EXIST");
    await Promise.all([...cluster.executives.values()].map((executive) => cluster.during(executive.close())));
  }, 30_000);
});
