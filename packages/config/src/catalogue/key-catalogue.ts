import type { CatalogueKey } from "./catalogue-key.ts";
import { OTHER_CATALOGUE } from "./other-keys.ts";
import { TOTEM_CATALOGUE } from "./totem-keys.ts";

/** Every key that corosync 3.1.7 or 2.3.5 gives a meaning to, and our own (spec config 2 and 6.1). */
export const KEY_CATALOGUE: readonly CatalogueKey[] = [...TOTEM_CATALOGUE, ...OTHER_CATALOGUE];
