const DEFAULT_INTERVAL_MS = 1000;
const DEFAULT_MAX_PEERS = 1024;
const DEFAULT_MAX_LINES_PER_INTERVAL = 64;
/** Reasons counted by name, in all and of one peer; those beyond are counted together. */
const MAX_REASONS = 64;
const MAX_REASONS_OF_PEER = 8;
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
  /** Complaints without a line, by reason. */
  readonly suppressed: Map<string, number>;
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
    count(this.#totals, reason, MAX_REASONS);
    let record = this.#peers.get(peer);
    const early = record !== undefined && elapsedLessThan(this.#intervalMs, record.lastLineMs, nowMs);
    if (early || !this.#mayWriteLine(nowMs)) {
      record ??= this.#remember(peer, Number.NEGATIVE_INFINITY);
      count(record.suppressed, reason, MAX_REASONS_OF_PEER);
      return null;
    }
    this.#peers.delete(peer);
    this.#remember(peer, nowMs);
    return `${reason} (from ${peer})${suppressedText(reason, record?.suppressed)}`;
  }

  /** Complaints ever made for each reason. */
  get totals(): ReadonlyMap<string, number> {
    return this.#totals;
  }

  /** Peers remembered now. */
  get peerCount(): number {
    return this.#peers.size;
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

  #remember(peer: string, lastLineMs: number): PeerRecord {
    const record: PeerRecord = { lastLineMs, suppressed: new Map() };
    if (this.#peers.size >= this.#maxPeers) {
      const oldest = this.#peers.keys().next();
      if (!oldest.done) this.#peers.delete(oldest.value);
    }
    this.#peers.set(peer, record);
    return record;
  }
}

function count(counts: Map<string, number>, reason: string, limit: number): void {
  const name = counts.has(reason) || counts.size < limit ? reason : OTHER_REASONS;
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** ` (2 more suppressed, 3 × "Invalid packet data")`, or nothing. */
function suppressedText(reason: string, suppressed: ReadonlyMap<string, number> = new Map()): string {
  if (suppressed.size === 0) return "";
  const parts: string[] = [];
  const same = suppressed.get(reason);
  if (same !== undefined) parts.push(`${same} more suppressed`);
  for (const [other, times] of suppressed) {
    if (other !== reason) parts.push(`${times} × "${other}"`);
  }
  return ` (${parts.join(", ")})`;
}

/** A clock that was set back must not silence a peer until it has caught up. */
function elapsedLessThan(intervalMs: number, sinceMs: number, nowMs: number): boolean {
  return nowMs >= sinceMs && nowMs - sinceMs < intervalMs;
}
