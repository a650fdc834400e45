import { hostname } from "node:os";
import type { ReadonlyConfigMap } from "../config-map.ts";
import type { ConfigEnvironment } from "../evaluation/environment.ts";
import { findLocalNode } from "../evaluation/local-node.ts";
import { hostFiles } from "./host-files.ts";
import { kernelInterfaces } from "./kernel-interfaces.ts";
import type { LoadConfigOptions } from "./load-config.ts";
import { localInterfaces } from "./local-interfaces.ts";
import { resolveNames, systemNameService } from "./name-service.ts";

/** This machine as a configuration sees it, with answers to all that the configuration will ask. */
export async function hostEnvironment(
  map: ReadonlyConfigMap,
  options: LoadConfigOptions,
): Promise<ConfigEnvironment> {
  const host: ConfigEnvironment = {
    ...hostFiles,
    hostName: options.hostName ?? hostname(),
    interfaces: options.interfaces ?? localInterfaces(),
    defaultKeyFile: options.defaultKeyFile ?? "/etc/corosync/authkey",
    defaultStateDirectory: options.defaultStateDirectory ?? "/var/lib/corosync",
    resolve: () => [],
  };
  const complete = options.interfaces === undefined ? await withAllInterfaces(map, host) : host;
  return resolveNames(map, complete, options.nameService ?? systemNameService);
}

/** A node whose interface is down has to find itself all the same. */
async function withAllInterfaces(
  map: ReadonlyConfigMap,
  host: ConfigEnvironment,
): Promise<ConfigEnvironment> {
  if (findLocalNode(map, host) !== null) return host;
  return { ...host, interfaces: (await kernelInterfaces()) ?? host.interfaces };
}
