import { hostname } from "node:os";
import type { ReadonlyConfigMap } from "../config-map.ts";
import type { ConfigEnvironment } from "../evaluation/environment.ts";
import { hostFiles } from "./host-files.ts";
import type { LoadConfigOptions } from "./load-config.ts";
import { localInterfaces } from "./local-interfaces.ts";
import { resolveNames, systemNameService } from "./name-service.ts";

/** This machine as a configuration sees it, with answers to all that the configuration will ask. */
export function hostEnvironment(
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
  return resolveNames(map, host, options.nameService ?? systemNameService);
}
