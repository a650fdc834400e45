export { bytesOfText, displayText, storedText } from "./byte-text.ts";
export type { CatalogueKey, KeyType, KeyUse } from "./catalogue/catalogue-key.ts";
export { KEY_CATALOGUE } from "./catalogue/key-catalogue.ts";
export type { CmapNumberType, CmapValue } from "./cmap-value.ts";
export { ConfigError, type ConfigExitCode, type ConfigStep, type FilePosition } from "./config-error.ts";
export { ConfigMap, type ReadonlyConfigMap } from "./config-map.ts";
export { findBindAddress } from "./evaluation/bind-address.ts";
export type { Configuration, LinkSettings, Member, MulticastSettings } from "./evaluation/configuration.ts";
export type { CipherWord, CryptoSettings, HashWord, KeySource } from "./evaluation/crypto-settings.ts";
export type {
  ConfigEnvironment,
  InterfaceAddress,
  KeyFileFinding,
  LogFileFailure,
} from "./evaluation/environment.ts";
export { type Evaluation, type EvaluationOptions, evaluate } from "./evaluation/evaluate.ts";
export { inlineKey } from "./evaluation/inline-key.ts";
export { type IpAddress, type IpFamily, ipAddress, parseIpAddress } from "./evaluation/ip-address.ts";
export type { Transport } from "./evaluation/link.ts";
export {
  LOG_LEVELS,
  type LogLevel,
  type LogSettings,
  type SubsystemLogSettings,
} from "./evaluation/log-settings.ts";
export { type IpVersion, namesToResolve } from "./evaluation/name-resolution.ts";
export type { SystemSettings } from "./evaluation/system-settings.ts";
export type { TotemConfig } from "./evaluation/totem-timers.ts";
export type { AccountLookup } from "./file/accounts.ts";
export { type ConfigurationFiles, type FileContent, parseConfiguration } from "./file/parse-configuration.ts";
export type { Finding, Severity } from "./findings/finding.ts";
export { checkFile } from "./node/check-file.ts";
export { checkDefaultsFiles } from "./node/defaults-file.ts";
export { type LoadConfigOptions, loadConfig } from "./node/load-config.ts";
export { localInterfaces } from "./node/local-interfaces.ts";
export type { NameService } from "./node/name-service.ts";
