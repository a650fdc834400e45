import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LabOwner } from "./lab-identity.ts";

/** What is written down about a lab, so that another process can use or remove it. */
export interface LabState {
  readonly name: string;
  /** null: a lab of the command line, which lives until it is taken down by name. */
  readonly owner: LabOwner | null;
  readonly hosts: readonly HostState[];
}

export interface HostState {
  readonly number: number;
  /** The process that keeps the host's mounts in place. */
  readonly holderPid: number;
}

function labsDirectory(): string {
  return join(tmpdir(), "corosync-labs");
}

export function labDirectory(name: string): string {
  return join(labsDirectory(), name);
}

export function writeLabState(state: LabState): void {
  const directory = labDirectory(state.name);
  mkdirSync(directory, { recursive: true });
  const file = join(directory, "lab.json");
  writeFileSync(`${file}.new`, JSON.stringify(state));
  renameSync(`${file}.new`, file);
}

/** @returns undefined when there is no such lab or its file is not readable. */
export function readLabState(name: string): LabState | undefined {
  const file = join(labDirectory(name), "lab.json");
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as LabState;
  } catch {
    return undefined;
  }
}

export function listLabNames(): string[] {
  return existsSync(labsDirectory()) ? readdirSync(labsDirectory()) : [];
}

export function removeLabState(name: string): void {
  rmSync(labDirectory(name), { recursive: true, force: true });
}
