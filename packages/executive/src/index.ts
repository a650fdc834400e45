export { type AccessPolicy, type AccessRules, accessPolicy } from "./access-policy.ts";
export { createExecutive, type Executive, type ExecutiveOptions, type Listen } from "./executive.ts";
export { LocalRing, type LocalRingOptions } from "./local-ring.ts";
export type { ExecutiveLog } from "./rare-log.ts";
