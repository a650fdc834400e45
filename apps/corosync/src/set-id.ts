/** Real and effective ids of a process. */
export interface ProcessIds {
  readonly uid: number;
  readonly effectiveUid: number;
  readonly gid: number;
  readonly effectiveGid: number;
}

/** The ids of this process. */
export function processIds(): ProcessIds {
  return {
    uid: process.getuid?.() ?? 0,
    effectiveUid: process.geteuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    effectiveGid: process.getegid?.() ?? 0,
  };
}

/**
 * Why a process with these ids must not be a daemon, or null. The environment and the command line, which
 * name the files to read and write, would be those of somebody with fewer rights.
 */
export function setIdRefusal(ids: ProcessIds): string | null {
  if (ids.uid !== ids.effectiveUid) {
    return `corosync refuses to run setuid: started by uid ${ids.uid}, it has the rights of uid ${ids.effectiveUid}.`;
  }
  if (ids.gid !== ids.effectiveGid) {
    return `corosync refuses to run setgid: started by gid ${ids.gid}, it has the rights of gid ${ids.effectiveGid}.`;
  }
  return null;
}
