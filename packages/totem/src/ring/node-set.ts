/** Small sets of node ids as lists: their order is kept, and at most 384 nodes are in one. */

export function isSubset(inner: readonly number[], outer: readonly number[]): boolean {
  return inner.every((id) => outer.includes(id));
}

/** Looks both ways, so that a list of a peer that repeats a node does not pass for another one. */
export function sameNodes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && isSubset(a, b) && isSubset(b, a);
}

export function without(list: readonly number[], removed: readonly number[]): number[] {
  return list.filter((id) => !removed.includes(id));
}

/** Appends what is missing; answers whether anything was. */
export function addAll(list: number[], added: readonly number[]): boolean {
  const before = list.length;
  for (const id of added) if (!list.includes(id)) list.push(id);
  return list.length !== before;
}

export function ascending(list: readonly number[]): number[] {
  return [...list].sort((a, b) => a - b);
}
