/**
 * Where the C implementation has a defect that a choice can avoid (spec services-cpg-sam section 11).
 * True is what we do. The C behaviour is there for simulations that compare. Unchecked counts (D7) have
 * no switch: they are always checked.
 */
export interface CpgBehaviour {
  /** D1: a connection that left may join again; in C it stays half joined until it is closed. */
  readonly leaveResetsConnection: boolean;
  /** D2: only the joined group can be left; C evicts a process from any group it is asked to. */
  readonly leaveOnlyJoinedGroup: boolean;
  /** D3, D4: a process that dies while a synchronization runs leaves when it is complete. */
  readonly holdLeavesWhileSynchronizing: boolean;
  /** D3: a leave that follows the leaver's joinlist in one synchronization takes it out of that list. */
  readonly leaveDropsJoinlistEntry: boolean;
  /** D5: each synchronization starts with an empty joinlist, also after an aborted one. */
  readonly clearJoinlistAtSyncStart: boolean;
  /** D9: multicasts that arrive while a synchronization runs wait for its end; C drops them. */
  readonly keepMulticastsWhileSynchronizing: boolean;
}

/** What this implementation does by itself. */
export const CPG_BEHAVIOUR: CpgBehaviour = {
  leaveResetsConnection: true,
  leaveOnlyJoinedGroup: true,
  holdLeavesWhileSynchronizing: true,
  leaveDropsJoinlistEntry: true,
  clearJoinlistAtSyncStart: true,
  keepMulticastsWhileSynchronizing: true,
};

/** What corosync 3.1.7 does. */
export const C_CPG_BEHAVIOUR: CpgBehaviour = {
  leaveResetsConnection: false,
  leaveOnlyJoinedGroup: false,
  holdLeavesWhileSynchronizing: false,
  leaveDropsJoinlistEntry: false,
  clearJoinlistAtSyncStart: false,
  keepMulticastsWhileSynchronizing: false,
};
