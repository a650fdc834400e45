export { C_CPG_BEHAVIOUR, CPG_BEHAVIOUR, type CpgBehaviour } from "./cpg-behaviour.ts";
export { type CpgEngineOptions, createCpgEngine } from "./engine/cpg-engine.ts";
export * as protocol from "./protocol/index.ts";
