export { runLayerCheck } from "./command.ts";
export { type ModuleRequest, moduleRequests } from "./module-requests.ts";
