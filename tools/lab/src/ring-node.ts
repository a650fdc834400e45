/**
 * ring-node NODEID TRANSPORT MEMBER...
 *
 * A node of a ring without a daemon's configuration file: openTotem and an executive without services.
 * TRANSPORT is "udpu" or the address of a multicast group, MEMBER is NODEID=ADDRESS. It logs as a daemon
 * does; its input takes new member lists: "members MEMBER...".
 */
import { randomInt } from "node:crypto";
import { createInterface } from "node:readline";
import { createExecutive } from "@corosync/executive";
import { type Member, openTotem, totemConfig } from "@corosync/totem";

const PORT = 5405;
const TOKEN_TIMEOUT_MS = 1000;

function member(word: string): Member {
  const [nodeId, address] = word.split("=");
  return { nodeId: Number(nodeId), address: address ?? "" };
}

function log(subsystem: string, level: string, text: string): void {
  process.stdout.write(`${level} [${subsystem.padEnd(6)}] ${text}\n`);
}

const [id, transport = "udpu", ...words] = process.argv.slice(2);
const nodeId = Number(id);
const members = words.map(member);
const totem = await openTotem({
  transport: transport === "udpu" ? "udpu" : { kind: "udp", address: transport, ttl: 1, broadcast: false },
  config: totemConfig(members.length, { tokenTimeoutMs: TOKEN_TIMEOUT_MS }),
  nodeId,
  members,
  bindAddress: members.find((listed) => listed.nodeId === nodeId)?.address ?? "",
  port: PORT,
  ringIdDirectory: "/var/lib/corosync",
  envelope: null,
  log: (level, text) => log("TOTEM", level, text),
  onFatal: (exitCode, text) => {
    log("TOTEM", "error", text);
    process.exit(exitCode);
  },
});
createExecutive({
  totem: totem.groups,
  services: [],
  log,
  random: () => randomInt(2 ** 32),
  nowMs: () => performance.now(),
});
totem.start();
for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...list] = line.split(" ");
  if (command !== "members") throw new Error(`unknown command: ${line}`);
  await totem.setMemberList(list.map(member));
  log("LAB", "notice", `The member list is ${list.join(" ")}`);
}
await totem.leave();
