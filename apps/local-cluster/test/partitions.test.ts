import { daemonEntryPath } from "@corosync/daemon";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { joinChat } from "../src/chat.ts";
import { type ClusterFolder, createClusterFolder } from "../src/cluster-folder.ts";
import { LocalCluster } from "../src/local-cluster.ts";

const SOON = { timeout: 20_000, interval: 20 };

let folder: ClusterFolder;
let cluster: LocalCluster;
let events: string[];
let delivered: string[];
beforeEach(async () => {
  folder = await createClusterFolder(3, false);
  events = [];
  delivered = [];
  cluster = new LocalCluster({
    places: folder.nodes,
    daemonEntryPath,
    join: joinChat,
    event: (node, kind, text) => events.push(`${node} ${kind} ${text}`),
    delivered: (node, from, text) => delivered.push(`${node}<${from} ${text}`),
    groupChanged: () => undefined,
  });
});
afterEach(async () => {
  await cluster.close();
  folder.remove();
});

/** Waits until each node sees the members, given as a text a node; "-" is a node that does not run. */
function sees(...members: readonly string[]): Promise<void> {
  return vi.waitFor(() => {
    const found = cluster.describe().map((line) => {
      return /members: ([\d ]*?) {2}group: ([\d ]*)$/.exec(line)?.slice(1).join(" / ") ?? "-";
    });
    expect(found).toEqual(members.map((one) => (one === "-" ? one : `${one} / ${one}`)));
  }, SOON);
}

describe("a cluster that is cut, joined and broken", { timeout: 60_000 }, () => {
  it("delivers on each side what is said there, and everywhere again when healed", async () => {
    await cluster.start();
    await sees("1 2 3", "1 2 3", "1 2 3");

    cluster.partition([[1, 2], [3]]);
    await sees("1 2", "1 2", "3");
    await cluster.say(2, "here");
    await cluster.say(3, "there");
    await vi.waitFor(() => {
      expect([...delivered].sort()).toEqual(["1<2 here", "2<2 here", "3<3 there"]);
    }, SOON);

    cluster.heal();
    await sees("1 2 3", "1 2 3", "1 2 3");
    await cluster.say(1, "again");
    await vi.waitFor(() => {
      expect(delivered.slice(3).sort()).toEqual(["1<1 again", "2<1 again", "3<1 again"]);
    }, SOON);
  });

  it("goes on without a node that was killed or stopped, and takes it back", async () => {
    await cluster.start();
    await sees("1 2 3", "1 2 3", "1 2 3");

    await cluster.kill(3);
    await sees("1 2", "1 2", "-");
    await expect(cluster.say(3, "x")).rejects.toThrow("node 3 does not run");
    await expect(cluster.kill(3)).rejects.toThrow("node 3 does not run");
    await cluster.restart(3);
    await sees("1 2 3", "1 2 3", "1 2 3");

    await cluster.stop(1);
    await sees("-", "2 3", "2 3");
    expect(events).toContain("1 stop the daemon left with exit code 0");
    expect(events.filter((event) => event.includes(" trouble "))).toEqual([]);
  });
});
