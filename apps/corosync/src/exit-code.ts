/** What the daemon ends with, numbers and names of the C daemon (spec config 10.4). */
export const EXIT = {
  normal: 0,
  /** A bad option; or sockets that cannot be made. */
  failure: 1,
  fork: 4,
  logConfiguration: 7,
  configuration: 8,
  fatal: 15,
  stateDirectory: 16,
  acquireLock: 17,
  alreadyRunning: 18,
  serviceStart: 20,
  storeRingId: 21,
  /** An error nobody expected: what SIGABRT would give in C (spec config 18.3). */
  abort: 134,
} as const;
