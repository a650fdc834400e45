export type { Fault } from "./fault.ts";
export { PROFILES, type Profile, type ProfileName } from "./profile.ts";
export { runSimulation, type SimulationOptions, type SimulationResult } from "./simulation.ts";
export type { TraceEvent, TraceReader } from "./trace.ts";
export { Violation } from "./violation.ts";
