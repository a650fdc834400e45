import { C_CPG_BEHAVIOUR, CPG_BEHAVIOUR, createCpgEngine } from "@corosync/cpg";
import type { ServiceEngine } from "@corosync/service";

/**
 * The service engines that a node runs, in the order in which they are started.
 * @param asC as corosync 3.1.7 behaves, defects included
 */
export function serviceEngines(asC: boolean): ServiceEngine[] {
  return [createCpgEngine({ behaviour: asC ? C_CPG_BEHAVIOUR : CPG_BEHAVIOUR })];
}
