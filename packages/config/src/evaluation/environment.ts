import type { IpAddress } from "./ip-address.ts";

/** One address of a network interface of this machine. */
export interface InterfaceAddress {
  readonly interfaceName: string;
  readonly address: IpAddress;
  readonly netmask: IpAddress;
  readonly loopback: boolean;
  /** What a reverse look-up of the address gives; null when it gives nothing or was not made. */
  readonly hostName: string | null;
}

/** What reading a key file came to: how much of it there is, or C's words for the failure. */
export type KeyFileFinding =
  | { readonly lengthBytes: number }
  | { readonly failed: "open" | "read"; readonly reason: string };

/** A log file that cannot be opened: C's words, and the error number. */
export interface LogFileFailure {
  readonly reason: string;
  readonly errno: number;
}

/** Everything of the world that a configuration depends on (spec config 18.1). */
export interface ConfigEnvironment {
  /** The kernel's node name. */
  readonly hostName: string;
  /** In the order of the kernel. */
  readonly interfaces: readonly InterfaceAddress[];
  /** Used when the configuration names no key and no key file. */
  readonly defaultKeyFile: string;
  /** Used when the configuration names none. */
  readonly defaultStateDirectory: string;
  /** The answers of the system's resolver for a name, in its order; none when there is no such name. */
  resolve(name: string): readonly IpAddress[];
  /**
   * Reads a key file: its length, or what kept it from being read.
   * @param path as configured; a relative one is meant from the state directory
   */
  readKeyFile(path: string, stateDirectory: string): KeyFileFinding;
  /** Opens a log file for appending, and closes it; null when that is possible. */
  openLogFile(path: string): LogFileFailure | null;
  /** Whether a directory can be the working directory: null, or C's words for why not. */
  enterDirectory(path: string): string | null;
}
