import { C_CPG_BEHAVIOUR, CPG_BEHAVIOUR, type CpgServiceEngine, createCpgEngine } from "@corosync/cpg";
import type { ServiceEngine } from "@corosync/service";

/** The service engines that a node runs. */
export interface NodeServices {
  readonly cpg: CpgServiceEngine;
  /** All of them, in the order in which they are started. */
  readonly engines: readonly ServiceEngine[];
}

/** @param asC as corosync 3.1.7 behaves, defects included */
export function nodeServices(asC: boolean): NodeServices {
  const cpg = createCpgEngine({ behaviour: asC ? C_CPG_BEHAVIOUR : CPG_BEHAVIOUR });
  return { cpg, engines: [cpg] };
}
