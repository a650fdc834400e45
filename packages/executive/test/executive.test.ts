import { createCpgEngine } from "@corosync/cpg";
import { accessPolicy, createExecutive } from "@corosync/executive";
import { requestHeader } from "@corosync/service";
import { describe, expect, it } from "vitest";
import { silentService, TestCluster } from "./test-cluster.ts";
import { TotalOrderBus } from "./total-order-bus.ts";

async function running(options?: ConstructorParameters<typeof TestCluster>[0], ...nodes: number[]) {
  const cluster = new TestCluster(options);
  await cluster.start(...nodes);
  cluster.bus.install(nodes);
  cluster.settle();
  return cluster;
}

/** The transport's view of what the daemon multicasts to group `a` under another sender's name. */
function inject(cluster: TestCluster, nodeId: number, bytes: Uint8Array): void {
  const totem = cluster.nodes.get(nodeId)!.totem;
  totem.ring!.log.push({ sender: totem, group: "a", bytes });
  cluster.settle();
}

describe("executive", () => {
  it("says in C's words what it loads, synchronizes and unloads, by priority and id", async () => {
    const services = () => [
      { ...silentService(5, "votequorum"), unloadPriority: 2 },
      silentService(0, "cmap"),
    ];
    const cluster = await running({ services }, 1);
    const node = cluster.nodes.get(1)!;
    const closing = node.executive.close();
    cluster.settle();
    await closing;
    expect(node.log.filter((line) => !line.includes("debug"))).toEqual([
      "SERV notice Service engine loaded: corosync cluster closed process group service v1.01 [2]",
      "SERV notice Service engine loaded: votequorum [5]",
      "SERV notice Service engine loaded: cmap [0]",
      "MAIN notice Completed service synchronization, ready to provide service.",
      "SERV notice Service engine unloaded: votequorum",
      "SERV notice Service engine unloaded: cmap",
      "SERV notice Service engine unloaded: corosync cluster closed process group service v1.01",
    ]);
  });

  it("lets nobody in before the first synchronization, and then who may", async () => {
    const bus = new TotalOrderBus();
    const uids = new Set([1000]);
    const log: string[] = [];
    const executive = createExecutive({
      totem: bus.add(1),
      services: [createCpgEngine()],
      log: (_subsystem, level, text) => log.push(`${level} ${text}`),
      random: () => 0,
      nowMs: () => 0,
      access: accessPolicy({ daemonUid: 77, uids, gids: new Set([33]), unidentified: "refuse" }),
    });
    let accept = (_uid: number, _gid: number): number => 1;
    let acceptUnknown = (): number => 1;
    await executive.serve((_service, handler) => {
      accept = (uid, gid) => handler.accept({ pid: 1, uid, gid });
      acceptUnknown = () => handler.accept(null);
      return { setFlowControl: () => {}, resume: () => {}, close: () => Promise.resolve() };
    });
    expect(accept(0, 0)).toBe(-11);
    bus.install([1]);
    bus.settle();
    await executive.ready;
    for (const [uid, gid] of [
      [0, 5],
      [5, 0],
      [77, 5],
      [1000, 5],
      [5, 33],
    ] as const)
      expect(accept(uid, gid), `${uid}:${gid}`).toBe(0);
    expect(accept(5, 5)).toBe(-13);
    expect(acceptUnknown()).toBe(-13);
    expect(log).toContain("error Denied connection attempt from 5:5");
    uids.add(5);
    expect(accept(5, 5)).toBe(0);
  });

  it("stops clients while it synchronizes and loses none of their requests", async () => {
    const cluster = await running({}, 1, 2);
    const a = cluster.connect("A", 1);
    a.join("g");
    cluster.settle();
    cluster.bus.install([1, 2]);
    expect(cluster.nodes.get(1)!.server.word).toBe(2);
    a.send("held");
    const late = cluster.connect("B", 1);
    late.join("g");
    late.send("of a connection made meanwhile"); // lost in C (D9)
    expect(a.waiting).toBe(1);
    cluster.settle();
    expect(cluster.nodes.get(1)!.server.word).toBe(0);
    expect(cluster.take()["A"]).toEqual([
      "confchg[g] m[A] l[] j[A/JOIN]",
      "totem 1,2",
      "deliver[g] A: held",
      "confchg[g] m[A,B] l[] j[B/JOIN]",
      "deliver[g] B: of a connection made meanwhile",
    ]);
  });

  it("puts requests off when the ring has no room, and delivers them all", async () => {
    const cluster = new TestCluster();
    cluster.bus.add = (
      (add) => (id: number) =>
        add.call(cluster.bus, id, 60_000)
    )(cluster.bus.add);
    await cluster.start(1);
    cluster.bus.install([1]);
    cluster.settle();
    const a = cluster.connect("A", 1);
    a.join("g");
    cluster.settle();
    cluster.take();
    for (let i = 0; i < 100; i++) a.sendBytes(Buffer.from(`${i}`.padEnd(5000)));
    expect(a.waiting).toBeGreaterThan(50);
    cluster.settle();
    expect(a.waiting).toBe(0);
    const numbers = cluster.take()["A"]!.map((line) => Number(line.split(": ")[1]));
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it("waits for room at 75 % without reading further", async () => {
    const cluster = await running({}, 1);
    const { totem, server } = cluster.nodes.get(1)!;
    const group = totem.join("other", { deliver: () => {} });
    const { ByteSpan } = await import("@corosync/codec");
    while (totem.queueLevel !== "critical") group.multicast(new ByteSpan(new Uint8Array(100_000)));
    expect(server.word).toBe(2);
    cluster.settle();
    expect(server.word).toBe(0);
  });

  it("passes over services it does not have and complains about functions it does not know", async () => {
    const cluster = await running({}, 1);
    const { log } = cluster.nodes.get(1)!;
    const before = log.length;
    inject(cluster, 1, requestHeader.encode({ id: 5 << 16, size: 16 }));
    inject(cluster, 1, requestHeader.encode({ id: 0x01000000, size: 16 }));
    inject(cluster, 1, requestHeader.encode({ id: -1, size: 16 }));
    expect(log.length).toBe(before);
    for (let i = 0; i < 5; i++) inject(cluster, 1, requestHeader.encode({ id: (2 << 16) | 99, size: 16 }));
    inject(cluster, 1, new Uint8Array(7));
    expect(log.slice(before)).toEqual([
      "SERV warning discarded unknown message 99 for service 2 (max id 7)",
      "SERV warning message of 7 bytes from node 1 has no header",
    ]);
    cluster.nowMs = 1000;
    inject(cluster, 1, requestHeader.encode({ id: (2 << 16) | 99, size: 16 }));
    expect(log.at(-1)).toContain("(and 4 more like it)");
  });

  it("answers requests it does not have with id 0 and CS_ERR_INVALID_PARAM", async () => {
    const cluster = await running({}, 1);
    const a = cluster.connect("A", 1);
    a.request(requestHeader.encode({ id: 13, size: 16 }));
    a.request(requestHeader.encode({ id: 1_000_000, size: 16 }));
    a.read();
    expect(a.results).toEqual([7, 7]);
  });

  it("lets a client of a going node leave on every other node, newest connection first", async () => {
    const cluster = await running({}, 1, 2);
    for (const [name, node] of Object.entries({ A: 1, C0: 2, C1: 2, C2: 2 })) {
      cluster.connect(name, node).join("g");
      cluster.settle();
    }
    cluster.take();
    let closed = false;
    const closing = cluster.nodes
      .get(2)!
      .executive.close()
      .then(() => {
        closed = true;
      });
    await Promise.resolve();
    expect(closed).toBe(false);
    cluster.settle();
    await closing;
    expect(cluster.take()["A"]).toEqual([
      "confchg[g] m[A,C0,C1] l[C2/PROCDOWN] j[]",
      "confchg[g] m[A,C0] l[C1/PROCDOWN] j[]",
      "confchg[g] m[A] l[C0/PROCDOWN] j[]",
    ]);
  });

  it("gives up waiting for the ring when told to", async () => {
    const cluster = await running({}, 1);
    cluster.connect("A", 1).join("g");
    cluster.settle();
    const abort = new AbortController();
    const closing = cluster.nodes.get(1)!.executive.close(abort.signal);
    abort.abort();
    await closing;
  });

  it("refuses two services with one id, and ids that do not exist", () => {
    const create =
      (...ids: number[]) =>
      () =>
        createExecutive({
          totem: new TotalOrderBus().add(1),
          services: ids.map((id) => silentService(id, `x${id}`)),
          log: () => {},
          random: () => 0,
          nowMs: () => 0,
        });
    expect(create(4, 4)).toThrow(/both have id 4/);
    expect(create(64)).toThrow(/not in 0..63/);
  });

  it("tells listeners of each completed synchronization", async () => {
    const cluster = await running({}, 1);
    const seen: string[] = [];
    const { executive } = cluster.nodes.get(1)!;
    const stop = executive.onSynchronized((ring) => seen.push(String(ring.members)));
    await cluster.start(2);
    cluster.bus.install([1, 2]);
    expect(executive.synchronizing).toBe(true);
    cluster.settle();
    expect(executive.synchronizing).toBe(false);
    stop();
    cluster.bus.install([1]);
    cluster.settle();
    expect(seen).toEqual(["1,2"]);
  });
});
