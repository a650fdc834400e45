import { ConfigError } from "../config-error.ts";
import type { InterfaceAddress } from "../evaluation/environment.ts";
import { type Evaluation, evaluate } from "../evaluation/evaluate.ts";
import type { AccountLookup } from "../file/accounts.ts";
import { parseConfiguration } from "../file/parse-configuration.ts";
import { localAccounts } from "./account-database.ts";
import { readConfigurationFiles } from "./configuration-files.ts";
import { hostEnvironment } from "./host-environment.ts";
import type { NameService } from "./name-service.ts";

/** What `loadConfig` takes from elsewhere than the machine it runs on. */
export interface LoadConfigOptions {
  /** As `corosync -t`: what only a start looks at is not checked. */
  readonly testOnly?: boolean;
  /** `/etc/corosync/authkey` unless given. */
  readonly defaultKeyFile?: string;
  /** `/var/lib/corosync` unless given. */
  readonly defaultStateDirectory?: string;
  readonly hostName?: string;
  readonly interfaces?: readonly InterfaceAddress[];
  readonly accounts?: AccountLookup;
  readonly nameService?: NameService;
}

/**
 * Reads and evaluates a configuration file on this machine. Log files are opened (and so created), and
 * names are resolved; nothing else is changed.
 * @returns the configuration, or the first error of the file with what is needed to report it
 */
export async function loadConfig(path: string, options: LoadConfigOptions = {}): Promise<Evaluation> {
  try {
    const files = await readConfigurationFiles(path);
    const map = parseConfiguration(files, options.accounts ?? localAccounts());
    const environment = await hostEnvironment(map, options);
    return evaluate(map, environment, { testOnly: options.testOnly ?? false });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { configuration: null, error, logging: null, warnings: [] };
  }
}
