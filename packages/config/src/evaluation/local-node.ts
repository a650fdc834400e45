import { storedText } from "../byte-text.ts";
import type { ReadonlyConfigMap } from "../config-map.ts";
import type { ConfigEnvironment } from "./environment.ts";
import { sameAddress } from "./ip-address.ts";
import { allAddresses } from "./name-resolution.ts";
import { nodeKeys } from "./node-keys.ts";

interface Candidate {
  readonly position: number;
  readonly text: string;
}

/**
 * The position of this machine in the nodelist: the first match of several ways to compare names and
 * `ring0_addr` of the nodes with host name and interfaces (spec config 3.4); null when none matches.
 */
export function findLocalNode(map: ReadonlyConfigMap, environment: ConfigEnvironment): number | null {
  const candidates = localNodeCandidates(map);
  return (
    byHostName(candidates, storedText(environment.hostName)) ??
    byInterface(candidates, environment) ??
    byResolution(candidates, environment)
  );
}

/** The names and first addresses of all nodes, in the order in which they are tried. */
export function localNodeCandidates(map: ReadonlyConfigMap): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const { key, position, name } of nodeKeys(map)) {
    const text = name === "name" || name === "ring0_addr" ? map.text(key) : undefined;
    if (text !== undefined) candidates.push({ position, text });
  }
  return candidates;
}

function positionOf(candidates: readonly Candidate[], name: string): number | null {
  return candidates.find(({ text }) => text === name)?.position ?? null;
}

/** The host name, then the same without its last label, and so on; then first labels alone. */
function byHostName(candidates: readonly Candidate[], hostName: string): number | null {
  let name = hostName;
  for (;;) {
    const found = positionOf(candidates, name);
    if (found !== null) return found;
    const dot = name.lastIndexOf(".");
    if (dot === -1) break;
    name = name.slice(0, dot);
  }
  const labels = candidates.map(({ position, text }) => ({ position, text: firstLabel(text) }));
  return positionOf(labels, name);
}

function byInterface(candidates: readonly Candidate[], environment: ConfigEnvironment): number | null {
  for (const { address, hostName } of environment.interfaces) {
    const name = hostName === null ? null : storedText(hostName);
    const found =
      (name === null ? null : (positionOf(candidates, name) ?? positionOf(candidates, firstLabel(name)))) ??
      positionOf(candidates, address.text);
    if (found !== null) return found;
  }
  return null;
}

function byResolution(candidates: readonly Candidate[], environment: ConfigEnvironment): number | null {
  const local = environment.interfaces;
  const isLocal = ({ text }: Candidate): boolean =>
    allAddresses(text, environment).some((found) => local.some(({ address }) => sameAddress(address, found)));
  return candidates.find(isLocal)?.position ?? null;
}

function firstLabel(name: string): string {
  const dot = name.indexOf(".");
  return dot === -1 ? name : name.slice(0, dot);
}
