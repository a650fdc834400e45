import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { execute } from "../src/execute.ts";
import { createLab } from "../src/index.ts";
import { processOwner } from "../src/lab-identity.ts";

const LIMIT_MS = 60_000;
const BUILT_LAB = resolve(import.meta.dirname, "../dist/index.js");

/** Creates a lab with a running daemon, says its name and waits for its end. */
const CRASHING_RUN = `
  const { createLab } = await import(process.argv[1]);
  const lab = await createLab();
  lab.writeConfig();
  lab.host(1).start("c");
  await lab.node(1).waitForMembers([1]);
  console.log(lab.name);
  setInterval(() => {}, 1000);
`;

/** Nobody listens there: a host that is reached refuses, one that is not stays silent. */
const TRY_TO_CONNECT = `
  const socket = require("net").connect(9, process.argv[1]);
  const end = (word) => { process.stdout.write(word); process.exit(); };
  socket.on("error", (error) => end(error.code));
  setTimeout(end, 500, "silent");
`;

describe("a lab", () => {
  it("gives hosts a network and directories of their own", { timeout: LIMIT_MS }, async () => {
    await using lab = await createLab(undefined, { hostCount: 2 });
    lab.host(1).writeEtc("mark", "one");
    expect(await lab.host(1).run(["cat", "/etc/corosync/mark"])).toBe("one");
    await expect(lab.host(2).run(["cat", "/etc/corosync/mark"])).rejects.toThrow(/No such file/);
    expect(await lab.host(2).run(["ip", "route", "show", "default"])).toBe("");
    expect(await lab.host(2).run(["ip", "-4", "-o", "addr", "show", "eth0"])).toContain(lab.host(2).address);
    expect(await lab.host(1).run(["stat", "-f", "-c", "%T", "/dev/shm"])).toBe("tmpfs\n");
  });

  it("passes arguments as they are", { timeout: LIMIT_MS }, async () => {
    await using lab = await createLab(undefined, { hostCount: 1 });
    const odd = "$(reboot); `id` \"'";
    expect(await lab.host(1).run(["echo", odd])).toBe(`${odd}\n`);
  });

  it("cuts, loses and heals", { timeout: LIMIT_MS }, async () => {
    await using lab = await createLab();
    const connects = async (from: number, to: number) => {
      const command = [process.execPath, "-e", TRY_TO_CONNECT, lab.host(to).address];
      return (await lab.host(from).run(command)) === "ECONNREFUSED";
    };
    const rules = (host: number) => lab.host(host).run(["iptables", "-S", "INPUT"]);
    const reach = async (pairs: readonly (readonly [number, number])[]) =>
      await Promise.all(pairs.map(([from, to]) => connects(from, to)));
    await lab.cut([1], [2, 3]);
    await lab.loss(2, 0.25);
    expect(await rules(1)).toContain(`-s ${lab.host(3).address}/32 -j DROP`);
    expect(await rules(2)).toContain("--probability 0.25");
    await lab.heal();
    expect(
      await reach([
        [1, 2],
        [2, 3],
        [3, 1],
      ]),
    ).toEqual([true, true, true]);
    await lab.cut([1], [2, 3]);
    expect(
      await reach([
        [1, 2],
        [3, 1],
        [2, 3],
      ]),
    ).toEqual([false, false, true]);
  });

  it("of a crashed run is removed when the next one is created", { timeout: LIMIT_MS }, async () => {
    const args = ["--input-type=module", "-e", CRASHING_RUN, BUILT_LAB];
    const run = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const [name] = (await once(createInterface(run.stdout), "line")) as [string];
    const leftNamespace = `cslab-${name}-1`;
    const daemons = (await execute("ip", ["netns", "pids", leftNamespace])).trim().split("\n");
    run.kill("SIGKILL");
    await once(run, "close");
    expect(daemons.length).toBeGreaterThanOrEqual(2);
    expect(await execute("ip", ["netns", "list"])).toContain(leftNamespace);

    await using _next = await createLab(undefined, { hostCount: 1 });
    expect(await execute("ip", ["netns", "list"])).not.toContain(leftNamespace);
    for (const pid of daemons) expect(processOwner(Number(pid))).toBeUndefined();
  });
});
