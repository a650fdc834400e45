/** Counters of a ring, named as `stats.srp.*` (spec totem section 18); they only grow. */
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
  continuous_gather: number;
  /** Malformed packets, and packets of the other byte order: dropped without effect. */
  malformed_rx: number;
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
    continuous_gather: 0,
    malformed_rx: 0,
  };
}
