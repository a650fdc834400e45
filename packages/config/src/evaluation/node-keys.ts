import type { ReadonlyConfigMap } from "../config-map.ts";

/** A key of a node in the nodelist. */
export interface NodeKey {
  readonly key: string;
  readonly position: number;
  /** What follows the node's number, such as `ring0_addr`. */
  readonly name: string;
}

const NODE_KEY = /^nodelist\.node\.([0-9]+)\.(.+)$/;
const RING_ADDRESS = /^ring([0-9]+)_addr$/;

/** The keys of all nodes in the order of cmap, in which node 10 comes before node 2 (spec config 1.5). */
export function* nodeKeys(map: ReadonlyConfigMap): Generator<NodeKey> {
  for (const key of map.keysUnder("nodelist.node.")) {
    const match = NODE_KEY.exec(key);
    if (match !== null) yield { key, position: Number(match[1]), name: match[2]! };
  }
}

/** The positions of all nodes in the order of cmap. */
export function nodePositions(map: ReadonlyConfigMap): readonly number[] {
  return [...new Set([...nodeKeys(map)].map(({ position }) => position))];
}

/** The addresses of one node: `ringX_addr` with X in decimal, in the order of cmap. */
export function* ringAddresses(
  map: ReadonlyConfigMap,
  position: number,
): Generator<{ readonly linkNumber: number; readonly address: string }> {
  const prefix = `nodelist.node.${position}.`;
  for (const key of map.keysUnder(prefix)) {
    const match = RING_ADDRESS.exec(key.slice(prefix.length));
    const address = map.text(key);
    if (match !== null && address !== undefined) yield { linkNumber: Number(match[1]), address };
  }
}
