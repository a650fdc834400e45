export type {
  ChangeReason,
  CpgChange,
  CpgConfiguration,
  CpgEvent,
  CpgMember,
  CpgMembership,
  CpgMessage,
} from "./client/cpg-event.ts";
export { CpgGroup, type CpgGroupOptions, type CpgReceiver } from "./client/cpg-group.ts";
export { type JoinOptions, joinGroup } from "./client/join-group.ts";
export {
  type GroupEntry,
  type GroupIterationOptions,
  type GroupName,
  iterateGroups,
  readLocalNodeId,
  readMembership,
} from "./client/queries.ts";
export { C_CPG_BEHAVIOUR, CPG_BEHAVIOUR, type CpgBehaviour } from "./cpg-behaviour.ts";
export {
  type CpgEngineOptions,
  type CpgServiceEngine,
  type CpgSizes,
  createCpgEngine,
} from "./engine/cpg-engine.ts";
export * as protocol from "./protocol/index.ts";
