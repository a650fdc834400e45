export { runLayerCheck } from "./command.ts";
