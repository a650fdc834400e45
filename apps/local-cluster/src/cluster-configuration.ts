/** One node of the cluster on loopback and where its files lie. */
export interface NodePlace {
  readonly number: number;
  /** 127.0.0.N */
  readonly address: string;
  readonly configPath: string;
  readonly stateDirectory: string;
  /** Where the daemon listens for clients. */
  readonly socketDirectory: string;
  readonly logPath: string;
  readonly pidPath: string;
}

export interface ClusterSettings {
  readonly clusterName: string;
  readonly port: number;
  readonly keyPath: string;
  readonly tokenTimeoutMs: number;
  readonly nodeCount: number;
  /** Name of this machine. */
  readonly hostName: string;
}

/** Loopback addresses are ours up to 127.255.255.254; a node's last byte is its number. */
export function nodeAddress(node: number): string {
  return `127.0.0.${node}`;
}

/**
 * The corosync.conf of one node. A daemon finds itself in the nodelist by the name of its machine (spec
 * config 3.4); several on one machine are told apart by giving that name to a different node in each file.
 */
export function corosyncConf(settings: ClusterSettings, place: NodePlace): string {
  const nodes = Array.from({ length: settings.nodeCount }, (_, index) => {
    const node = index + 1;
    return nodeSection(node, node === place.number ? settings.hostName : `peer${node}.local-cluster.invalid`);
  });
  return `totem {
  version: 2
  cluster_name: ${settings.clusterName}
  transport: udpu
  crypto_cipher: aes256
  crypto_hash: sha256
  keyfile: ${settings.keyPath}
  token: ${settings.tokenTimeoutMs}
  interface {
    linknumber: 0
    mcastport: ${settings.port}
  }
}

nodelist {
${nodes.join("\n")}
}

system {
  state_dir: ${place.stateDirectory}
  ipc_socket_dir: ${place.socketDirectory}
  sched_rr: no
}

logging {
  to_stderr: yes
  to_logfile: yes
  to_syslog: no
  logfile: ${place.logPath}
}
`;
}

function nodeSection(node: number, name: string): string {
  return `  node {
    name: ${name}
    nodeid: ${node}
    ring0_addr: ${nodeAddress(node)}
  }`;
}
