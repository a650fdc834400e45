export * from "./address-entry.ts";
export * from "./cpg-name.ts";
export * from "./events.ts";
export * from "./message-ids.ts";
export * from "./requests.ts";
export * from "./responses.ts";
export * from "./ring-messages.ts";
