export { packWorkspaces } from "./packed-workspaces.ts";
export { checkTarball } from "./tarball-rules.ts";
