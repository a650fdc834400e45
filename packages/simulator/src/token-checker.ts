import type { ByteSpan } from "@corosync/codec";
import { hashView } from "./byte-hash.ts";
import type { Life } from "./life.ts";
import { RecentHashes } from "./recent-hashes.ts";
import type { RingInstance } from "./ring-instances.ts";
import { Violation } from "./violation.ts";
import { before, namesRing, ringNameAt, TOKEN } from "./wire-reading.ts";

/** What the configuration allows. */
export interface TokenLimits {
  readonly maxMessagesPackets: number;
  readonly windowSizePackets: number;
}

/** Tokens of one ring that are remembered, for copies that come late. */
const TOKENS_MAX = 512;

/** Which token it is about; put into words only when something is wrong with it. */
class TokenPlace {
  constructor(
    readonly ring: RingInstance,
    readonly tokenSeq: number,
    readonly life: Life,
  ) {}

  toString(): string {
    return `ring ${this.ring.name}, token ${this.tokenSeq} of node ${this.life.name}`;
  }
}

/** What is known of one ring's token. */
class RingToken {
  /** Hash of each token by its token sequence. */
  readonly hashes = new RecentHashes(TOKENS_MAX);
  lastTokenSeq: number | null = null;
  /** How often each token of the last rotation was sent, by its token sequence modulo the ring's size. */
  readonly copies: number[] = [];
  /** Place in the ring of the node that sent the last one. */
  position = 0;
  target = 0;
  fcc = 0;
  backlog = 0;
  aru: number | null = null;
  aruAddr = 0;
  /** Packets that each node has sent since its last token, and in the visit before it. */
  readonly visit = new Map<number, number>();
  readonly lastVisit = new Map<number, number>();
  readonly backlogs = new Map<number, number>();
}

/**
 * Tokens as they leave. W2: each has one content, and one sender, whose turn it is; it goes to the next
 * in the ring. W4: its fcc is the sum of what the nodes sent in their last visits, its backlog a sum that
 * each changes by its own share; visits and windows keep their limits. W3 in part: its aru is lowered by
 * whoever has less, who then stands in aru_addr and alone may raise it (spec totem 10.6). W1 in part: its
 * seq is that of the last packet.
 */
export class TokenChecker {
  /** Times that a token was passed on, copies left out. */
  passed = 0;
  readonly #tokens = new WeakMap<RingInstance, RingToken>();

  constructor(readonly limits: TokenLimits) {}

  /** A mcast leaves within the visit that comes before its sender's next token. */
  mcast(life: Life): void {
    if (life.committing === null) return;
    const { visit } = this.#of(life.committing);
    visit.set(life.nodeId, (visit.get(life.nodeId) ?? 0) + 1);
  }

  /**
   * How often the tokens of a ring's last rotation were sent, each for the first time left out, and the
   * last one once: a node that waits for its turn waits for all of them.
   */
  copiesInRotation(ring: RingInstance): number {
    return this.#of(ring).copies.reduce((sum, copies) => sum + copies - 1, 1);
  }

  /**
   * A token leaves, for the first time or again.
   * @returns whether for the first time
   */
  sent(life: Life, target: number, { view, length }: ByteSpan): boolean {
    const ring = life.committing;
    if (ring === null || !namesRing(view, TOKEN.ringAt, ring))
      throw new Violation(
        "W2",
        `node ${life.name} in ring ${ring?.name} sends a token of ring ${ringNameAt(view, TOKEN.ringAt)}`,
      );
    if (ring.ambiguous) return false;
    const tokenSeq = view.getUint32(TOKEN.tokenSeqAt, true);
    const token = this.#of(ring);
    const hash = hashView(view, 0, length);
    const known = token.hashes.get(tokenSeq);
    const where = new TokenPlace(ring, tokenSeq, life);
    if (known >= 0) {
      if (known !== hash) throw new Violation("W2", `${where}: sent before with another content`);
      const size = ring.members?.length ?? 1;
      const age = ((token.lastTokenSeq ?? tokenSeq) - tokenSeq) >>> 0;
      if (age < size) token.copies[tokenSeq % size]!++;
      return false;
    }
    this.passed++;
    token.copies[tokenSeq % (ring.members?.length ?? 1)] = 1;
    token.hashes.set(tokenSeq, hash);
    checkTurn(where, token, ring, life, target, tokenSeq);
    this.#checkSums(where, token, life, view);
    checkAru(where, token, life, view);
    const seq = view.getUint32(TOKEN.seqAt, true);
    if (ring.lastSeq !== null && seq !== ring.lastSeq)
      throw new Violation("W1", `${where}: its seq is ${seq}, the last packet is ${ring.lastSeq}`);
    return true;
  }

  #of(ring: RingInstance): RingToken {
    let token = this.#tokens.get(ring);
    if (token === undefined) {
      token = new RingToken();
      this.#tokens.set(ring, token);
    }
    return token;
  }

  #checkSums(where: TokenPlace, token: RingToken, { nodeId }: Life, view: DataView): void {
    const { maxMessagesPackets, windowSizePackets } = this.limits;
    const sent = token.visit.get(nodeId) ?? 0;
    token.visit.set(nodeId, 0);
    const fcc = token.fcc + sent - (token.lastVisit.get(nodeId) ?? 0);
    token.lastVisit.set(nodeId, sent);
    token.fcc = view.getUint32(TOKEN.fccAt, true);
    if (token.fcc !== fcc) throw new Violation("W4", `${where}: fcc is ${token.fcc}, should be ${fcc}`);
    if (sent > maxMessagesPackets) throw new Violation("W4", `${where}: ${sent} packets in one visit`);
    if (fcc > windowSizePackets) throw new Violation("W4", `${where}: ${fcc} packets in one rotation`);
    const backlog = view.getUint32(TOKEN.backlogAt, true);
    const share = (token.backlogs.get(nodeId) ?? 0) + backlog - token.backlog;
    token.backlogs.set(nodeId, share);
    token.backlog = backlog;
    if (share < 0 || share > 0x7fff_ffff)
      throw new Violation("W4", `${where}: its share of the backlog is ${share}`);
  }
}

function checkTurn(
  where: TokenPlace,
  token: RingToken,
  { members }: RingInstance,
  { nodeId }: Life,
  target: number,
  tokenSeq: number,
): void {
  if (token.lastTokenSeq !== null) {
    if (tokenSeq !== (token.lastTokenSeq + 1) >>> 0)
      throw new Violation("W2", `${where}: follows token ${token.lastTokenSeq}`);
    if (nodeId !== token.target) throw new Violation("W2", `${where}: it is the turn of ${token.target}`);
    if (members !== null) token.position = (token.position + 1) % members.length;
  }
  token.lastTokenSeq = tokenSeq;
  token.target = target;
  if (members === null) return;
  const next = members[(token.position + 1) % members.length];
  if (members[token.position] !== nodeId || target !== next)
    throw new Violation("W2", `${where}: from ${nodeId} to ${target}, the ring is ${members}`);
}

function checkAru(where: TokenPlace, token: RingToken, { nodeId }: Life, view: DataView): void {
  const aru = view.getUint32(TOKEN.aruAt, true);
  const aruAddr = view.getUint32(TOKEN.aruAddrAt, true);
  const { aru: lastAru, aruAddr: lastAddr } = token;
  token.aru = aru;
  token.aruAddr = aruAddr;
  if (lastAru === null || lastAddr === nodeId || lastAddr === 0) {
    if (lastAru === null || aruAddr === nodeId || aruAddr === 0) return;
    throw new Violation("W3", `${where}: names ${aruAddr} as the one that lowered its aru`);
  }
  const kept = aru === lastAru && aruAddr === lastAddr;
  const lowered = before(aru, lastAru) && aruAddr === nodeId;
  if (!kept && !lowered)
    throw new Violation("W3", `${where}: aru ${aru} of ${aruAddr} follows ${lastAru} of ${lastAddr}`);
}
