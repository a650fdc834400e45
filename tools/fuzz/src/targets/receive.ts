import { type Authkey, authkeyFromBytes, createEnvelope } from "@corosync/crypto";
import { PacketInlet } from "../internals.ts";
import {
  CONFIGURED,
  encapsulated,
  MEMBERSHIP_STATES,
  nodeIn,
  recordedPackets,
  type StateName,
  type Subject,
} from "../ring-states.ts";
import {
  decodeSteps,
  encodeSteps,
  livePacket,
  mutateSteps,
  PacketFlag,
  packetStep,
  type Step,
  StepKind,
  step,
  stepFields,
} from "../steps.ts";
import { holds, type Target } from "../target.ts";
import type { RingNode, VirtualRing } from "../virtual-ring.ts";

/** Bits of the set-up byte. */
const SetUp = { representative: 1, slowAcknowledgement: 2, honestPeer: 4 } as const;

/** A node is alone again after the longest way: joins, a consensus, a token and all of it once more. */
const ALONE_MS_MAX = 20_000;
const EVENTS_MAX = 20_000;
export const ATTACKER = "10.0.0.9";
const HELLO = 0x70000000;
const HELLO_MS = 500;

/** Ids and sequences that the nodes of these rings have. */
export const VALUES = [1, 2, 3, 9, 4, 5, 8, 9, 12, 16, 2 ** 32 - 1, 0x100000, 0x10000000];
export const COVERS = [
  "packages/totem/dist/wire/",
  "packages/totem/dist/ring/",
  "packages/totem/dist/group/",
];

/** How a packet gets into the node: bare, or through the envelope as the transports have it. */
type Entry = (node: RingNode, packet: Uint8Array, flags: number) => void;

const bare: Entry = (node, packet) => node.receive(packet, ATTACKER);

const key: Authkey = authkeyFromBytes(
  Uint8Array.from({ length: 128 }, (_, i) => (i * 7 + 1) & 0xff),
  "fuzz",
);
const envelope = createEnvelope({
  cipher: "aes256",
  hash: "sha256",
  key,
  fillRandom: (bytes) => bytes.fill(7),
})!;
const sealedBytes = new Uint8Array(65_536);

/** Mutations stand before the seal, as of a member gone mad, or after it, as of a stranger. */
const sealed: Entry = (node, packet, flags) => {
  let refusals = 0;
  const inlet = new PacketInlet(
    [],
    envelope,
    (opened, from) => node.input(() => node.totem.receive(opened, from)),
    (from, reason) => {
      holds(from === ATTACKER && reason.length > 0, "refuses a packet of nobody");
      refusals++;
    },
  );
  if ((flags & PacketFlag.unsealed) !== 0) {
    inlet.take(packet, ATTACKER);
    holds(refusals === 1, "a packet without seal is let in");
    return;
  }
  if (envelope.sealedLength(packet.length) > sealedBytes.length) return;
  const length = envelope.seal(packet, 0, packet.length, sealedBytes, 0);
  const altered = (flags & PacketFlag.altered) !== 0;
  if (altered) sealedBytes[(packet[0] ?? 0) % length]! ^= 1 << ((packet[1] ?? 0) & 7);
  inlet.take(sealedBytes.slice(0, length), ATTACKER);
  holds(
    refusals === (altered ? 1 : 0),
    altered ? "an altered packet is let in" : "a sealed packet is refused",
  );
};

/** A whole node in one state, fed with packets and time; then it must come to itself again. */
function receiveTarget(name: string, state: StateName, entry: Entry): Target {
  return {
    name,
    corpus: `receive-${state}`,
    weight: 4,
    covers: COVERS,
    seeds,
    values: VALUES,
    fields: stepFields,
    mutate: (input, other, random) => mutateSteps(input, other, VALUES, random),
    run: (input) => {
      const setUp = input[0] ?? 0;
      const subject = nodeIn(state, (setUp & SetUp.representative) !== 0);
      subject.node.acknowledges = (setUp & SetUp.slowAcknowledgement) === 0;
      for (const item of decodeSteps(input)) take(item, subject, entry);
      subject.node.acknowledges = true;
      comesToItself(subject);
      if ((setUp & SetUp.honestPeer) !== 0) findsPeer(subject);
    },
  };
}

function take(item: Step, { ring, node }: Subject, entry: Entry): void {
  switch (item.kind) {
    case StepKind.packet:
      entry(node, livePacket(item, node), item.flags);
      return;
    case StepKind.time:
      ring.run(item.value * 2);
      return;
    case StepKind.events:
      for (let i = 0; i < item.value % 16; i++) ring.step(Number.POSITIVE_INFINITY);
      return;
    case StepKind.send:
      node.send(item.value, item.value * 20);
      return;
    default:
      node.acknowledge();
  }
}

/** Left alone, the node forms a ring of itself in which messages travel. */
function comesToItself({ ring, node }: Subject): void {
  const { totem } = node;
  const alone = (): boolean =>
    totem.state === "operational" && totem.members.length === 1 && totem.members[0] === node.nodeId;
  ring.runUntil(alone, "a ring of this node alone", ALONE_MS_MAX, EVENTS_MAX);
  greet(ring, node, node, "its own message");
}

/** A message that goes on where an impostor began may be lost with it, but not every one. */
function greet(ring: VirtualRing, from: RingNode, to: RingNode, what: string): void {
  to.heard.length = 0;
  let next = ring.nowMs;
  const arrived = (): boolean => {
    if (ring.nowMs >= next) {
      from.send(HELLO, 4);
      next = ring.nowMs + HELLO_MS;
    }
    return to.heard.includes(HELLO);
  };
  ring.runUntil(arrived, what, ALONE_MS_MAX, EVENTS_MAX);
}

/** A node that has never met a hostile packet still finds this one. */
function findsPeer({ ring, node }: Subject): void {
  const peer = ring.add(node.nodeId === 1 ? 2 : 1, CONFIGURED, 0);
  peer.totem.start(0);
  findEachOther(ring);
}

/** Two nodes form a ring, and messages of each reach the other. */
export function findEachOther(ring: VirtualRing): void {
  const [first, second] = ring.nodes;
  ring.runUntil(() => ring.isRing(), "a ring with an honest peer", ALONE_MS_MAX, EVENTS_MAX);
  greet(ring, first!, second!, "a message to the peer");
  greet(ring, second!, first!, "a message of the peer");
}

function recordedSeeds(): Uint8Array[] {
  const seeds: Uint8Array[] = [];
  for (const representative of [false, true]) {
    const setUp = representative ? SetUp.representative : 0;
    const packets = MEMBERSHIP_STATES.flatMap((other) => recordedPackets(other, representative));
    const byKind = new Map<string, Uint8Array>();
    for (const packet of packets) {
      byKind.set(`${packet[3]} ${packet[4]} ${packet.length}`, packet);
      if (packet[3] === 1) byKind.set(`encapsulated ${packet.length}`, encapsulated(packet));
    }
    for (const packet of byKind.values()) {
      seeds.push(encodeSteps(setUp, [packetStep(packet)]));
      seeds.push(encodeSteps(setUp | SetUp.honestPeer, [packetStep(packet, PacketFlag.ownRing)]));
      seeds.push(
        encodeSteps(setUp | SetUp.slowAcknowledgement, [
          step(StepKind.send, 40),
          packetStep(packet, PacketFlag.ownRing | PacketFlag.ownSequences),
          step(StepKind.events, 3),
          packetStep(packet, PacketFlag.ownRing | PacketFlag.ownSequences),
          step(StepKind.time, 200),
        ]),
      );
    }
  }
  return seeds;
}

const seeds = recordedSeeds();

export const receiveTargets: readonly Target[] = MEMBERSHIP_STATES.flatMap((state) => [
  receiveTarget(`receive-${state}`, state, bare),
  receiveTarget(`receive-${state}-sealed`, state, sealed),
]);
