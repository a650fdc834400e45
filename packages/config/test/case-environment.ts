import { type ConfigEnvironment, parseIpAddress } from "../src/index.ts";
import type { ConfigCase } from "./config-cases.ts";

const address = (text: string) => {
  const parsed = parseIpAddress(text);
  if (parsed === null) throw new Error(`not an address: ${text}`);
  return parsed;
};

const CONFIG_DIRECTORY = "/etc/corosync/";

/** The host on which the cases were recorded: its addresses, files, and no name service. */
export function caseEnvironment({ hostname, other_files }: ConfigCase): ConfigEnvironment {
  const files = new Map(
    Object.entries(other_files ?? {}).map(([name, content]) => [CONFIG_DIRECTORY + name, content]),
  );
  return {
    hostName: hostname,
    interfaces: [
      ["lo", "127.0.0.1", "255.0.0.0"],
      ["eth0", "10.66.0.1", "255.255.255.0"],
      ["eth0", "10.66.1.1", "255.255.255.0"],
      ["eth0", "198.51.100.1", "255.255.255.0"],
      ["lo", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
      ["eth0", "fd66::1", "ffff:ffff:ffff:ffff::"],
    ].map(([interfaceName = "", own = "", netmask = ""]) => ({
      interfaceName,
      address: address(own),
      netmask: address(netmask),
      loopback: interfaceName === "lo",
      hostName: interfaceName === "lo" ? "localhost" : null,
    })),
    defaultKeyFile: `${CONFIG_DIRECTORY}authkey`,
    defaultStateDirectory: "/var/lib/corosync",
    resolve: (name) => (name === "localhost" ? [address("127.0.0.1")] : []),
    readKeyFile: (path) => {
      const content = files.get(path);
      return content === undefined
        ? { failed: "open", reason: "No such file or directory" }
        : { lengthBytes: Math.min(content.length, 4096) };
    },
    openLogFile: (path) =>
      path.startsWith("/nonexistent/") ? { reason: "No such file or directory", errno: 2 } : null,
    enterDirectory: (path) => (path.startsWith("/nonexistent") ? "No such file or directory" : null),
  };
}
