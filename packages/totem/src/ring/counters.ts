/** Counters of a ring, named as `stats.srp.*` (spec totem section 18). The last seven are not counts but states. */
export interface RingCounters {
  orf_token_tx: number;
  orf_token_rx: number;
  memb_merge_detect_tx: number;
  memb_merge_detect_rx: number;
  memb_join_tx: number;
  memb_join_rx: number;
  mcast_tx: number;
  mcast_retx: number;
  mcast_rx: number;
  memb_commit_token_tx: number;
  memb_commit_token_rx: number;
  token_hold_cancel_tx: number;
  token_hold_cancel_rx: number;
  operational_entered: number;
  operational_token_lost: number;
  gather_entered: number;
  gather_token_lost: number;
  commit_entered: number;
  commit_token_lost: number;
  recovery_entered: number;
  recovery_token_lost: number;
  consensus_timeouts: number;
  rx_msg_dropped: number;
  /** Malformed packets, and packets of the other byte order: dropped without effect. */
  malformed_rx: number;
  /** Returns to GATHER since a ring was last formed, because nobody agreed. */
  continuous_gather: number;
  /** Multicasts in a row that the transport could not send. */
  continuous_sendmsg_failures: number;
  /** 1 when this node finds nobody and something local is the likely cause. */
  firewall_enabled_or_nic_failure: number;
  /** Milliseconds, as the next three of the last measurement, over up to 100 tokens. */
  time_since_token_last_received: number;
  /** Mean milliseconds from token to token. */
  mtt_rx_token: number;
  /** Mean milliseconds from receiving a token to sending it on. */
  avg_token_workload: number;
  /** Mean packets waiting at a visit. */
  avg_backlog_calc: number;
}

export function newRingCounters(): RingCounters {
  return {
    orf_token_tx: 0,
    orf_token_rx: 0,
    memb_merge_detect_tx: 0,
    memb_merge_detect_rx: 0,
    memb_join_tx: 0,
    memb_join_rx: 0,
    mcast_tx: 0,
    mcast_retx: 0,
    mcast_rx: 0,
    memb_commit_token_tx: 0,
    memb_commit_token_rx: 0,
    token_hold_cancel_tx: 0,
    token_hold_cancel_rx: 0,
    operational_entered: 0,
    operational_token_lost: 0,
    gather_entered: 0,
    gather_token_lost: 0,
    commit_entered: 0,
    commit_token_lost: 0,
    recovery_entered: 0,
    recovery_token_lost: 0,
    consensus_timeouts: 0,
    rx_msg_dropped: 0,
    malformed_rx: 0,
    continuous_gather: 0,
    continuous_sendmsg_failures: 0,
    firewall_enabled_or_nic_failure: 0,
    time_since_token_last_received: 0,
    mtt_rx_token: 0,
    avg_token_workload: 0,
    avg_backlog_calc: 0,
  };
}
