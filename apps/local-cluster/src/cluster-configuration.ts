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
}

/** Loopback addresses are ours up to 127.255.255.254; a node's last byte is its number. */
export function nodeAddress(node: number): string {
  return `127.0.0.${node}`;
}

/** The corosync.conf of one node. Only directories differ between the nodes of a cluster. */
export function corosyncConf(settings: ClusterSettings, place: NodePlace): string {
  const nodes = Array.from({ length: settings.nodeCount }, (_, index) => nodeSection(index + 1));
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

function nodeSection(node: number): string {
  return `  node {
    name: node${node}
    nodeid: ${node}
    ring0_addr: ${nodeAddress(node)}
  }`;
}
