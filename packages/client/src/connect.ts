import { connectStream, serviceAddress } from "@corosync/ipc";
import { Connections, type OpenConnection } from "./connections.ts";
import { Cpg } from "./cpg.ts";

export type { OpenConnection } from "./connections.ts";

/** How the engine is reached. Nothing is needed for the daemon of this machine. */
export interface ConnectOptions {
  /**
   * Directory of the services' sockets. Default: the environment's COROSYNC_SOCKET_DIR, else the
   * abstract names that Corosync uses.
   */
  readonly socketDirectory?: string;
  /** Whether to wait for an executive that runs but is not in a ring yet. Default true. */
  readonly waitUntilReady?: boolean;
  /** Another way to reach the services, for an executive in the same process. */
  readonly open?: OpenConnection;
  readonly signal?: AbortSignal;
}

/** The cluster as a program sees it through the executive of its node. */
export interface Cluster extends AsyncDisposable {
  readonly cpg: Cpg;
  /** Closes every connection; groups that were joined end. */
  close(): Promise<void>;
}

/**
 * Connects to the executive of this node.
 *
 * @throws CsError CS_ERR_LIBRARY when none runs (CS_ERR_NOT_EXIST when its socket directory has no socket),
 *   CS_ERR_ACCESS when this user may not, CS_ERR_TRY_AGAIN when it is not ready and `waitUntilReady` is
 *   false; the signal's reason when it aborts
 */
export async function connect(options: ConnectOptions = {}): Promise<Cluster> {
  const connections = new Connections(options.open ?? streams(options), options.waitUntilReady ?? true);
  await connections.shared("cpg", options.signal);
  const close = () => connections.close();
  return { cpg: new Cpg(connections), close, [Symbol.asyncDispose]: close };
}

function streams(options: ConnectOptions): OpenConnection {
  const directory = options.socketDirectory ?? (process.env["COROSYNC_SOCKET_DIR"] || undefined);
  return (service, signal) =>
    connectStream({
      address: serviceAddress(service, directory),
      operation: `connect to ${service}`,
      ...(signal === undefined ? {} : { signal }),
    });
}
