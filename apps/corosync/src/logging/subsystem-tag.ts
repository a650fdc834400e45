/** Numbers of the subsystems in a flight recorder's file; those that C Corosync shows have its numbers. */
const TAGS: Readonly<Record<string, number>> = {
  QUORUM: 1,
  SYNC: 2,
  CFG: 3,
  CMAP: 4,
  CPG: 5,
  YKD: 6,
  VOTEQ: 7,
  MAIN: 8,
  QB: 9,
  PLOAD: 10,
  MON: 11,
  SERV: 12,
  WD: 13,
  APIDEF: 14,
  TOTEM: 15,
  KNET: 16,
  STATS: 17,
};

/** 0 for a subsystem that has none. */
export function subsystemTag(name: string): number {
  return TAGS[name] ?? 0;
}
