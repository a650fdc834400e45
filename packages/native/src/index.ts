export { loadNative } from "./load-native.ts";
export type { Native } from "./native.ts";
