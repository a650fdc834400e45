export { type CProgram, compileCProgram } from "./c-programs.ts";
export type { ConfigOptions } from "./corosync-conf.ts";
export {
  C_DAEMON_FILE,
  type DaemonKind,
  DaemonNode,
  type DaemonOptions,
  tsDaemonFile,
} from "./daemon-node.ts";
export { CommandError, type ExecuteOptions } from "./execute.ts";
export { Host } from "./host.ts";
export { createLab, Lab, type LabOptions, openLab } from "./lab.ts";
export { LabProcess, type ProcessExit } from "./lab-process.ts";
export { removeDeadLabs, removeLab } from "./lab-removal.ts";
export { LineLog, WaitError, type WaitOptions } from "./line-log.ts";
export { loggedAtMs, type RingView } from "./membership-log.ts";
export { labPrerequisites } from "./prerequisites.ts";
export { runStress, type StressResult, type StressRunOptions } from "./stress/stress-run.ts";
export { StressClient, type StressOptions, startStress } from "./stress-client.ts";
export { expectedStressLine, STRESS_MAX_LENGTH_BYTES } from "./stress-content.ts";
