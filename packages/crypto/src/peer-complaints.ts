const DEFAULT_INTERVAL_MS = 1000;
const DEFAULT_MAX_PEERS = 1024;
const DEFAULT_MAX_LINES_PER_INTERVAL = 64;
/** Reasons counted by name; those beyond are counted together. */
const MAX_REASONS = 64;
const OTHER_REASONS = "other reasons";

/** How often complaints may be repeated. */
export interface PeerComplaintsOptions {
  /** Least time between two lines about one peer, in ms (1000). */
  readonly intervalMs?: number;
  /** Peers remembered; beyond, the one longest without a line is forgotten (1024). */
  readonly maxPeers?: number;
  /** Most lines in one interval about all peers, so that invented addresses cannot flood a log (64). */
  readonly maxLinesPerInterval?: number;
}

interface PeerRecord {
  lastLineMs: number;
  suppressed: number;
}

/**
 * Turns a flood of complaints about peers into a few lines of log: at most one a second for each peer
 * that sends what it should not. Every complaint is counted, whether it gives a line or not.
 */
export class PeerComplaints {
  readonly #intervalMs: number;
  readonly #maxPeers: number;
  readonly #maxLines: number;
  /** Oldest first, by the last line about each (or the first complaint, of one without a line yet). */
  readonly #peers = new Map<string, PeerRecord>();
  readonly #totals = new Map<string, number>();
  #intervalStartMs = Number.NEGATIVE_INFINITY;
  #linesInInterval = 0;

  constructor(options: PeerComplaintsOptions = {}) {
    this.#intervalMs = options.intervalMs ?? DEFAULT_INTERVAL_MS;
    this.#maxPeers = options.maxPeers ?? DEFAULT_MAX_PEERS;
    this.#maxLines = options.maxLinesPerInterval ?? DEFAULT_MAX_LINES_PER_INTERVAL;
  }

  /**
   * Counts a complaint and returns the line to log, or null while this peer had its line.
   * @param peer who is at fault, as it shall stand in the line ("10.0.0.2:5405")
   * @param reason what is wrong; one of a small set of texts
   * @param nowMs monotonic time in ms
   */
  complain(peer: string, reason: string, nowMs: number): string | null {
    this.#count(reason);
    const record = this.#peers.get(peer);
    if (record !== undefined && elapsedLessThan(this.#intervalMs, record.lastLineMs, nowMs)) {
      record.suppressed++;
      return null;
    }
    const suppressed = record?.suppressed ?? 0;
    if (!this.#mayWriteLine(nowMs)) {
      if (record !== undefined) record.suppressed++;
      else this.#remember(peer, { lastLineMs: Number.NEGATIVE_INFINITY, suppressed: 1 });
      return null;
    }
    this.#peers.delete(peer);
    this.#remember(peer, { lastLineMs: nowMs, suppressed: 0 });
    const line = `${reason} (from ${peer})`;
    return suppressed === 0 ? line : `${line} (${suppressed} more suppressed)`;
  }

  /** Complaints ever made for each reason. */
  get totals(): ReadonlyMap<string, number> {
    return this.#totals;
  }

  /** Peers remembered now. */
  get peerCount(): number {
    return this.#peers.size;
  }

  #count(reason: string): void {
    const known = this.#totals.get(reason);
    if (known !== undefined) this.#totals.set(reason, known + 1);
    else if (this.#totals.size < MAX_REASONS) this.#totals.set(reason, 1);
    else this.#totals.set(OTHER_REASONS, (this.#totals.get(OTHER_REASONS) ?? 0) + 1);
  }

  #mayWriteLine(nowMs: number): boolean {
    if (!elapsedLessThan(this.#intervalMs, this.#intervalStartMs, nowMs)) {
      this.#intervalStartMs = nowMs;
      this.#linesInInterval = 0;
    }
    if (this.#linesInInterval >= this.#maxLines) return false;
    this.#linesInInterval++;
    return true;
  }

  #remember(peer: string, record: PeerRecord): void {
    if (this.#peers.size >= this.#maxPeers) {
      const oldest = this.#peers.keys().next();
      if (!oldest.done) this.#peers.delete(oldest.value);
    }
    this.#peers.set(peer, record);
  }
}

/** A clock that was set back must not silence a peer until it has caught up. */
function elapsedLessThan(intervalMs: number, sinceMs: number, nowMs: number): boolean {
  return nowMs >= sinceMs && nowMs - sinceMs < intervalMs;
}
