import type { ByteSpan } from "@corosync/codec";
import type { ConfigurationChange, RingId } from "@corosync/totem";
import { ConfigurationChecker } from "./configuration-checker.ts";
import { DeliveryChecker, isCut, Stretch } from "./delivery-checker.ts";
import { InnerChecker } from "./inner-checker.ts";
import { Life } from "./life.ts";
import { MessageOrder } from "./message-order.ts";
import { PacketChecker } from "./packet-checker.ts";
import { RingInstances } from "./ring-instances.ts";
import type { OrderedMessage, Trailer } from "./ring-message.ts";
import { TokenChecker, type TokenLimits } from "./token-checker.ts";
import { Violation } from "./violation.ts";
import { PACKET, TYPE_AT } from "./wire-reading.ts";

/** The checkers of the rings of a whole cluster (spec totem 19). */
export class ClusterRingChecks {
  /** The latest life of each node. */
  readonly lives = new Map<number, Life>();
  readonly rings = new RingInstances(() => this.lives.values());
  readonly order = new MessageOrder();
  readonly packets = new PacketChecker(this.order);
  readonly deliveries = new DeliveryChecker();
  readonly tokens: TokenChecker;
  readonly inner = new InnerChecker();
  /** Messages of processes that not everybody heard from the beginning, by `node/pid:number`. */
  readonly cut = new Map<string, OrderedMessage>();

  /**
   * Nothing but single packets is disturbed: once a ring has all nodes, only a token of which so many
   * copies were lost ends it (L4). Infinite: something else may end it.
   */
  tokenCopiesMin = Number.POSITIVE_INFINITY;

  constructor(
    limits: TokenLimits,
    readonly nodeCount: number,
  ) {
    this.tokens = new TokenChecker(limits);
  }

  /** @param storedSequence ring sequence that the life finds on its disk */
  begin(nodeId: number, storedSequence: number): RingChecks {
    const life = new Life(nodeId, (this.lives.get(nodeId)?.number ?? 0) + 1);
    this.lives.set(nodeId, life);
    return new RingChecks(this, life, storedSequence);
  }
}

/** The checks of one life. */
export class RingChecks {
  readonly configurations: ConfigurationChecker;
  stretch: Stretch | null = null;
  #tokens = 0;
  #tokenInGather = false;
  /** Called when all checks of a configuration change are done. */
  onChange: (change: ConfigurationChange) => void = () => undefined;
  onDelivery: () => void = () => undefined;

  constructor(
    readonly cluster: ClusterRingChecks,
    readonly life: Life,
    storedSequence: number,
  ) {
    this.configurations = new ConfigurationChecker(life, storedSequence);
  }

  committed(ringId: RingId): void {
    this.cluster.rings.committed(this.life, ringId);
  }

  mcastSent(packet: ByteSpan): void {
    this.#refuseInGather("multicasts");
    this.cluster.packets.sent(this.life, packet);
    this.cluster.tokens.mcast(this.life);
  }

  tokenSent(target: number, packet: ByteSpan): void {
    const type = packet.view.getUint8(TYPE_AT);
    if (type === PACKET.token) this.#tokenSent(target, packet);
    else if (type === PACKET.commitToken) this.life.committing?.formed(packet.view);
  }

  #tokenSent(target: number, packet: ByteSpan): void {
    const { life, cluster } = this;
    this.#refuseInGather("passes a token on");
    if (!cluster.tokens.sent(life, target, packet)) return;
    cluster.inner.tokenPassed(life, cluster.lives.values());
    if ((++this.#tokens & 63) === 0) cluster.inner.checkSizes(life);
  }

  /** W6: a token that comes in GATHER has no effect. Called before and after a node takes a packet. */
  receives(packet: ByteSpan): void {
    this.#tokenInGather =
      this.life.inner?.state === "gather" && packet.length > TYPE_AT && packet.view.getUint8(TYPE_AT) === 0;
  }

  received(): void {
    if (this.#tokenInGather && this.life.inner?.state !== "gather")
      throw new Violation("W6", `node ${this.life.name} leaves GATHER for a token`);
    this.#tokenInGather = false;
  }

  #refuseInGather(what: string): void {
    if (this.#tokenInGather) throw new Violation("W6", `node ${this.life.name} ${what} in GATHER`);
  }

  /** The ring says that a message, not a packet, is malformed: no node sends such. */
  complained(from: string, reason: string): void {
    if (from === "recovery" || reason.startsWith("totempg"))
      throw new Violation("M1", `node ${this.life.name} cannot read what ${from} sent: ${reason}`);
  }

  sent(number: number, hash: number, client: string | null): void {
    const { life, stretch } = this;
    const { synchronizing } = life;
    life.unsent.set(number, { number, hash, synchronizing, cause: stretch?.last ?? null, client });
  }

  changed(change: ConfigurationChange): void {
    const { configurations, life, stretch, cluster } = this;
    if (change.kind === "transitional") {
      configurations.transitional(change);
      life.synchronizing = true;
      if (stretch !== null) stretch.regularEnd = stretch.next;
      cluster.inner.transitional(life, life.committing);
    } else {
      const ring = configurations.regular(change, life.committing);
      if (stretch !== null) {
        cluster.deliveries.stepped(stretch, ring);
        this.#checkCause(stretch);
      }
      cluster.inner.checkSizes(life);
      life.installed(ring);
      this.stretch = new Stretch(life, ring, change.members, stretch?.last ?? null);
    }
    this.onChange(change);
  }

  /** L4, see `tokenCopiesMin`. */
  #checkCause({ ring, members }: Stretch): void {
    const { tokens, tokenCopiesMin, nodeCount } = this.cluster;
    if (tokenCopiesMin === Number.POSITIVE_INFINITY || members.length < nodeCount) return;
    const copies = tokens.copiesInRotation(ring);
    if (copies < tokenCopiesMin)
      throw new Violation(
        "L4",
        `ring ${ring.name} ends with a token sent ${copies} times in its last rotation`,
      );
  }

  delivered(from: number, trailer: Trailer, contentHash: number): void {
    const { stretch, configurations, cluster, life } = this;
    if (stretch === null)
      throw new Violation("C1", `node ${life.name} delivers before the first configuration`);
    const message = cluster.deliveries.delivered(
      stretch,
      from,
      trailer,
      contentHash,
      configurations.transitionalMembers,
    );
    this.onDelivery();
    if (message !== null && message.client !== null && message.begunIn !== message.ring)
      remember(cluster.cut, message.client, message);
  }

  /** Everything that was multicast has been delivered: M7 for the own messages, M8 for all. */
  atRest(): void {
    const { life, cluster, stretch } = this;
    const [waiting] = life.unsent.values();
    if (waiting !== undefined)
      throw new Violation("M7", `node ${life.name} never sent its message ${waiting.number} on a ring`);
    if (stretch !== null) cluster.deliveries.atRest(stretch);
    cluster.inner.checkDrained(life);
  }

  /** Whether this life did not hear the beginning of a process's message. */
  missed(client: string): boolean {
    const message = this.cluster.cut.get(client);
    return message !== undefined && isCut(message, this.life);
  }
}

const CUT_MAX = 10_000;

function remember(map: Map<string, OrderedMessage>, key: string, message: OrderedMessage): void {
  map.set(key, message);
  if (map.size > CUT_MAX) map.delete(map.keys().next().value!);
}
