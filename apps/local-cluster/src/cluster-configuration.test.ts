import { describe, expect, it } from "vitest";
import { corosyncConf, type NodePlace, nodeAddress } from "./cluster-configuration.ts";

const settings = {
  clusterName: "local",
  port: 5999,
  keyPath: "/c/authkey",
  tokenTimeoutMs: 1_000,
  nodeCount: 3,
  hostName: "box",
};
const place: NodePlace = {
  number: 2,
  address: nodeAddress(2),
  configPath: "/c/2/corosync.conf",
  stateDirectory: "/c/2/state",
  socketDirectory: "/c/2/run",
  logPath: "/c/2/log",
  pidPath: "/c/2/pid",
};

describe("corosyncConf", () => {
  const text = corosyncConf(settings, place);

  it("lists all nodes, and gives the machine's name to the one it is for", () => {
    expect([...text.matchAll(/ring0_addr: (.*)/g)].map((match) => match[1])).toEqual([
      "127.0.0.1",
      "127.0.0.2",
      "127.0.0.3",
    ]);
    expect([...text.matchAll(/ name: (.*)/g)].map((match) => match[1])).toEqual([
      "peer1.local-cluster.invalid",
      "box",
      "peer3.local-cluster.invalid",
    ]);
  });

  it("is encrypted, over udpu, on the port given, and keeps to its own folders", () => {
    for (const line of [
      "transport: udpu",
      "crypto_cipher: aes256",
      "crypto_hash: sha256",
      "keyfile: /c/authkey",
      "mcastport: 5999",
      "token: 1000",
      "state_dir: /c/2/state",
      "ipc_socket_dir: /c/2/run",
      "logfile: /c/2/log",
    ]) {
      expect(text).toMatch(new RegExp(`^ +${line}$`, "m"));
    }
  });
});
