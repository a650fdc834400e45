import type { ByteSpan } from "@corosync/codec";
import type { ConfigurationChange, RingId } from "@corosync/totem";
import { ConfigurationChecker } from "./configuration-checker.ts";
import { DeliveryChecker, isCut, Stretch } from "./delivery-checker.ts";
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
  /** Messages of processes that not everybody heard from the beginning, by `node/pid:number`. */
  readonly cut = new Map<string, OrderedMessage>();

  constructor(limits: TokenLimits) {
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
    this.cluster.packets.sent(this.life, packet);
    this.cluster.tokens.mcast(this.life);
  }

  tokenSent(target: number, packet: ByteSpan): void {
    const type = packet.view.getUint8(TYPE_AT);
    if (type === PACKET.token) this.cluster.tokens.sent(this.life, target, packet);
    else if (type === PACKET.commitToken) this.life.committing?.formed(packet.view);
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
    } else {
      const ring = configurations.regular(change, life.committing);
      if (stretch !== null) cluster.deliveries.stepped(stretch, ring);
      life.installed(ring);
      this.stretch = new Stretch(life, ring, change.members, stretch?.last ?? null);
    }
    this.onChange(change);
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
