import { readFileSync } from "node:fs";
import { type Cluster, CsError, connect, type GroupEntry } from "@corosync/client";
import { describe, expect, it, vi } from "vitest";
import { runCpgtool } from "../src/corosync-cpgtool.ts";
import { SingleNode } from "./single-node.ts";

interface Recorded {
  situation: string;
  argv: string[];
  exit: number;
  stdout: string;
  stderr: string;
}

const records: Recorded[] = JSON.parse(
  readFileSync(new URL("./vectors/corosync-cpgtool.json", import.meta.url), "utf8"),
).records;

const name = (text: string) => Uint8Array.from(Buffer.from(text));
const entries = (...list: [string, number, number][]): GroupEntry[] =>
  list.map(([group, pid, nodeId]) => ({ name: name(group), pid, nodeId }));

/** Groups of each recorded situation, in the order of the service; a number is the connect's error. */
function groupsOf(situation: string): GroupEntry[] | number {
  if (situation.startsWith("no daemon")) return 2;
  if (situation.endsWith("as uid 65534")) return 11;
  if (situation.includes("group alpha"))
    return entries(["b\\c d", 18433, 1], ["alpha", 18393, 1], ["alpha", 18426, 2], ["alpha", 18400, 1]);
  if (situation.includes("pacemaker"))
    return entries(
      ["crmd\0", 21266, 1],
      ["crmd\0", 21552, 2],
      ["attrd\0", 21264, 1],
      ["attrd\0", 21550, 2],
      ["stonith-ng\0", 21262, 1],
      ["stonith-ng\0", 21548, 2],
      ["cib\0", 21261, 1],
      ["cib\0", 21547, 2],
    );
  return [];
}

/** As much of a cluster as the tool uses. */
function clusterOf(groups: readonly GroupEntry[]): Cluster {
  async function* list(options: { namesOnly?: boolean } = {}) {
    let last = "";
    for (const entry of groups) {
      const text = Buffer.from(entry.name).toString();
      if (options.namesOnly === true && text === last) continue;
      last = text;
      yield entry;
    }
  }
  const close = () => Promise.resolve();
  const cluster: Partial<Cluster> = { close, [Symbol.asyncDispose]: close };
  return Object.assign(cluster, { cpg: { groups: list } }) as unknown as Cluster;
}

async function run(argv: readonly string[], open: () => Promise<Cluster>, addresses = true) {
  let stdout = "";
  let stderr = "";
  const exit = await runCpgtool(argv, {
    stdout: (bytes) => {
      stdout += Buffer.from(bytes).toString("latin1");
    },
    stderr: (text) => {
      stderr += text;
    },
    connect: open,
    ...(addresses ? { nodeAddresses: (id: number) => Promise.resolve([`10.66.0.${id}`]) } : {}),
  });
  return { exit, stdout, stderr };
}

describe("corosync-cpgtool", () => {
  it.each(records.map((record) => [`${record.argv.join(" ")}: ${record.situation}`, record] as const))(
    "%s",
    async (_label, { argv, situation, exit, stdout, stderr }) => {
      const groups = groupsOf(situation);
      const open = () =>
        typeof groups === "number"
          ? Promise.reject(new CsError(groups, "connect"))
          : Promise.resolve(clusterOf(groups));
      expect(await run(argv.slice(1), open)).toEqual({ exit, stdout, stderr });
    },
  );

  it("lists the groups of a running executive, without addresses that nobody can tell", async () => {
    await using node = await SingleNode.start();
    await using cluster = await connect({ socketDirectory: node.socketDirectory });
    await cluster.cpg.join("alpha", { pid: 11 });
    await cluster.cpg.join("alpha", { pid: 12 });
    await cluster.cpg.join(Uint8Array.of(0x62, 0, 0xff), { pid: 13 });
    const open = () => connect({ socketDirectory: node.socketDirectory, waitUntilReady: false });
    expect((await run([], open, false)).stdout).toBe(
      "Group Name\t       PID\t   Node ID\n" +
        "b\\x00\\xFF\n\t\t        13\t         1\n" +
        "alpha\n\t\t        11\t         1\n\t\t        12\t         1\n",
    );
    expect((await run(["-en"], open)).stdout).toBe("b\0\xff\nalpha\n");
  });

  it("finds the sockets by COROSYNC_SOCKET_DIR, unless a folder is named", async () => {
    await using node = await SingleNode.start();
    vi.stubEnv("COROSYNC_SOCKET_DIR", node.socketDirectory);
    try {
      await using cluster = await connect();
      await cluster.cpg.join("alpha", { pid: 11 });
      expect((await run(["-n"], () => connect())).stdout).toBe("alpha\n");
      const elsewhere = connect({ socketDirectory: `${node.socketDirectory}/none` });
      await expect(elsewhere).rejects.toBeInstanceOf(CsError);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("fails as libqb does where there is no socket", async () => {
    await using node = await SingleNode.start();
    const open = () => connect({ socketDirectory: `${node.socketDirectory}/none` });
    expect(await run([], open)).toEqual({
      exit: 1,
      stdout: "",
      stderr: "Could not initialize corosync cpg API error 12\n",
    });
  });
});
