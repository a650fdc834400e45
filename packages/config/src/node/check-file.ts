import { ConfigError } from "../config-error.ts";
import { parseConfiguration } from "../file/parse-configuration.ts";
import { findAll, findingOfError } from "../findings/find-all.ts";
import type { Finding } from "../findings/finding.ts";
import { localAccounts } from "./account-database.ts";
import { readConfigurationFiles } from "./configuration-files.ts";
import { hostEnvironment } from "./host-environment.ts";
import type { LoadConfigOptions } from "./load-config.ts";

/**
 * Everything that can be said about a configuration file on this machine. As with `loadConfig`, log files
 * are opened and names are resolved.
 */
export async function checkFile(path: string, options: LoadConfigOptions = {}): Promise<readonly Finding[]> {
  try {
    const files = await readConfigurationFiles(path);
    const errors: ConfigError[] = [];
    const map = parseConfiguration(files, options.accounts ?? localAccounts(), (error) => errors.push(error));
    return findAll(files, map, errors, await hostEnvironment(map, options));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [findingOfError(error, path)];
  }
}
