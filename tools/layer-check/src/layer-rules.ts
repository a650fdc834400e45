import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix } from "node:path";
import type { Fault, Rule } from "./fault.ts";
import { type ModuleRequest, moduleRequests, SourceError } from "./module-requests.ts";
import { readWorkspace, type Workspace, WorkspaceError, type WorkspacePackage } from "./workspace.ts";

/** The floor of what only developers run: these may use each other, and nothing may use them. */
const developerFloor = 9;

/** The one program whose job is to start another: it stands on the daemon's floor and may name it. */
const sameFloorUses: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["@corosync/local-cluster", new Set(["@corosync/daemon", "@corosync/tools"])],
]);

/**
 * Checks every package below a folder against the rules of the floors.
 *
 * @param root folder of the workspace's package.json
 * @returns the faults in the order of their files and lines; empty when all is well
 */
export function checkWorkspace(root: string): Fault[] {
  let workspace: Workspace;
  try {
    workspace = readWorkspace(root);
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error;
    return [{ file: error.file, line: 1, rule: "unreadable", message: error.message }];
  }
  const byName = new Map(workspace.packages.map((member) => [member.name, member]));
  const faults = workspace.packages.flatMap((member) => [
    ...checkFloor(member),
    ...checkDeclarations(workspace, byName, member),
    ...checkReferences(workspace, byName, member),
    ...member.sources.flatMap((file) => checkSource(workspace, byName, member, file)),
  ]);
  return faults.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

type ByName = ReadonlyMap<string, WorkspacePackage>;

function checkFloor(member: WorkspacePackage): Fault[] {
  if (member.floors.length === 1) return [];
  const message = `${member.name} needs exactly one tag "floor-N" (N from 1 to 9), found ${member.floors.length}`;
  return [{ file: `${member.folder}/turbo.json`, line: 1, rule: "floor", message }];
}

/** What is wrong with one package using another, in words; undefined when it may. */
function upwardUse(user: WorkspacePackage, used: WorkspacePackage): string | undefined {
  const [from] = user.floors;
  const [to] = used.floors;
  if (from === undefined || to === undefined || to < from) return undefined;
  if (from === to && (from === developerFloor || sameFloorUses.get(user.name)?.has(used.name))) {
    return undefined;
  }
  return `${user.name} on floor ${from} must not use ${used.name} on floor ${to}`;
}

function checkDeclarations(workspace: Workspace, byName: ByName, member: WorkspacePackage): Fault[] {
  const file = `${member.folder}/package.json`;
  const declared = [...member.dependencies, ...member.devDependencies];
  return declared.flatMap((name) => {
    const used = byName.get(name);
    const message = used && upwardUse(member, used);
    return message ? [{ file, line: lineNaming(workspace, file, name), rule: "upward", message }] : [];
  });
}

/** `tsc -b` follows references, npm follows dependencies: a build is right only when they agree. */
function checkReferences(workspace: Workspace, byName: ByName, member: WorkspacePackage): Fault[] {
  if (member.references === undefined) return [];
  const faults: Fault[] = [];
  const report = (file: string, message: string, naming?: string): void => {
    const line = naming === undefined ? 1 : lineNaming(workspace, file, naming);
    faults.push({ file, line, rule: "references", message });
  };
  const referenced = new Set(member.references);
  const depended = new Set<string>();
  for (const name of [...member.dependencies, ...member.devDependencies]) {
    const used = byName.get(name);
    if (used?.references === undefined) continue;
    depended.add(used.folder);
    // What only tests use, the build may leave out.
    if (referenced.has(used.folder) || !member.dependencies.has(name)) continue;
    report(`${member.folder}/tsconfig.json`, `lacks a reference to ${used.folder}, which package.json needs`);
  }
  for (const folder of referenced) {
    if (depended.has(folder)) continue;
    const naming = posix.relative(member.folder, folder);
    report(`${member.folder}/tsconfig.json`, `refers to ${folder}, which package.json does not need`, naming);
  }
  if (!workspace.rootReferences.includes(member.folder)) {
    report("tsconfig.json", `lacks a reference to ${member.folder}`);
  }
  return faults;
}

function checkSource(workspace: Workspace, byName: ByName, member: WorkspacePackage, file: string): Fault[] {
  let requests: ModuleRequest[];
  try {
    requests = moduleRequests(file, readFileSync(join(workspace.root, file), "utf8"));
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return [{ file, line: error.line, rule: "unreadable", message: error.message }];
  }
  return requests.flatMap(({ specifier, line }) => {
    const breach = judge(workspace, byName, member, file, specifier);
    return breach ? [{ file, line, ...breach }] : [];
  });
}

type Breach = { readonly rule: Rule; readonly message: string };

function judge(
  workspace: Workspace,
  byName: ByName,
  member: WorkspacePackage,
  file: string,
  specifier: string,
): Breach | undefined {
  if (isBuiltin(specifier)) return undefined;
  if (specifier.startsWith(".") || specifier.startsWith("/")) return judgePath(member, file, specifier);
  const name = packageName(specifier);
  const used = byName.get(name);
  if (used === member) {
    // Tests and benchmarks may take the package as its users do; its sources would go in a circle.
    const message = `${name} imports itself by name; a relative import is meant`;
    return isDevelopment(member, file) ? undefined : { rule: "face", message };
  }
  if (used !== undefined) {
    const face = `.${specifier.slice(name.length)}`;
    if (!used.faces.has(face)) {
      return { rule: "face", message: `"${specifier}" is no public face of ${name}` };
    }
    const message = upwardUse(member, used);
    if (message !== undefined) return { rule: "upward", message };
  }
  return isDeclared(workspace, member, file, name)
    ? undefined
    : { rule: "undeclared", message: `${name} is not declared in ${member.folder}/package.json` };
}

function judgePath(member: WorkspacePackage, file: string, specifier: string): Breach | undefined {
  const target = specifier.startsWith("/") ? specifier : posix.join(posix.dirname(file), specifier);
  if (target.startsWith(`${member.folder}/`)) return judgeOwnPath(member, file, specifier, target);
  return {
    rule: "face",
    message: `"${specifier}" leaves ${member.folder}; packages import each other by name`,
  };
}

/** Only src is compiled and published: what it needs from beside it would be missing there. */
function judgeOwnPath(
  member: WorkspacePackage,
  file: string,
  specifier: string,
  target: string,
): Breach | undefined {
  const source = `${member.folder}/src/`;
  if (!file.startsWith(source) || target.startsWith(source) || target.endsWith("/package.json")) {
    return undefined;
  }
  return {
    rule: "face",
    message: `"${specifier}" leaves ${source}, which is all that is built and published`,
  };
}

function isDeclared(workspace: Workspace, member: WorkspacePackage, file: string, name: string): boolean {
  if (member.dependencies.has(name)) return true;
  if (!isDevelopment(member, file)) return false;
  return member.devDependencies.has(name) || workspace.rootDevDependencies.has(name);
}

/** Tests, and whatever lies outside src, never reach a person who installs the package. */
function isDevelopment(member: WorkspacePackage, file: string): boolean {
  return /\.(test|bench)\.[cm]?[jt]sx?$/.test(file) || !file.startsWith(`${member.folder}/src/`);
}

function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** @returns the line of a JSON file on which a name stands in quotes, 1 when it is on none */
function lineNaming(workspace: Workspace, file: string, name: string): number {
  const lines = readFileSync(join(workspace.root, file), "utf8").split("\n");
  return Math.max(1, lines.findIndex((line) => line.includes(`"${name}"`)) + 1);
}
