import { CONFIGURED, encapsulated, recordedPackets } from "../ring-states.ts";
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
import type { Target } from "../target.ts";
import { VirtualRing } from "../virtual-ring.ts";
import { ATTACKER, COVERS, findEachOther, VALUES } from "./receive.ts";

/** What the network between the two loses, as an `events` step of at least `LOSS_FROM` tells. */
const LOSS_FROM = 128;
const LOSSES: readonly ((packet: Uint8Array) => boolean)[] = [
  () => false,
  (packet) => packet[3] === 1,
  (packet) => packet[3] === 0,
  () => true,
];

function take(item: Step, ring: VirtualRing): void {
  const [first, second] = ring.nodes;
  const node = (item.flags & PacketFlag.toOther) !== 0 ? second! : first!;
  switch (item.kind) {
    case StepKind.packet:
      node.receive(livePacket(item, node), ATTACKER);
      return;
    case StepKind.time:
      ring.run(item.value * 2);
      return;
    case StepKind.events: {
      if (item.value < LOSS_FROM) {
        for (let i = 0; i < item.value % 16; i++) ring.step(Number.POSITIVE_INFINITY);
        return;
      }
      const isLost = LOSSES[item.value % LOSSES.length]!;
      ring.passes = (_from, _to, packet) => !isLost(packet);
      return;
    }
    case StepKind.send:
      for (const sender of ring.nodes) sender.send(item.value, item.value * 20);
      return;
    default:
      node.acknowledge();
  }
}

/** Messages that one of two misses, a token that gets lost, and a recovery among hostile packets. */
function recovery(...hostile: Step[]): Step[] {
  return [
    step(StepKind.send, 3),
    step(StepKind.time, 5),
    step(StepKind.events, LOSS_FROM + 1),
    step(StepKind.send, 60),
    step(StepKind.time, 3),
    step(StepKind.events, LOSS_FROM + 2),
    step(StepKind.time, 255),
    step(StepKind.events, LOSS_FROM),
    ...hostile.flatMap((item) => [step(StepKind.events, 5), item]),
    step(StepKind.time, 100),
  ];
}

const packets = [...recordedPackets("recovery", true), ...recordedPackets("recovery", false)];
const mcasts = packets.filter((packet) => packet[3] === 1).slice(-4);
const kinds = [0, 2, 3, 4, 5].flatMap((type) => packets.filter((packet) => packet[3] === type).slice(-4));
kinds.push(...mcasts, ...mcasts.map(encapsulated));

/** A live ring of two honest nodes, with hostile packets in between; both must find each other again. */
export const ringOfTwoTarget: Target = {
  name: "ring-of-two",
  weight: 4,
  covers: COVERS,
  seeds: [
    encodeSteps(0, recovery()),
    ...kinds.map((packet) =>
      encodeSteps(
        0,
        recovery(
          packetStep(packet, PacketFlag.ownRing | PacketFlag.ownSequences),
          packetStep(packet, PacketFlag.ownRing | PacketFlag.ownSequences | PacketFlag.toOther),
        ),
      ),
    ),
  ],
  values: VALUES,
  fields: stepFields,
  mutate: (input, other, random) => mutateSteps(input, other, VALUES, random),
  run: (input) => {
    const ring = new VirtualRing();
    for (const id of [1, 2]) ring.add(id, CONFIGURED, 0).totem.start(0);
    ring.runUntil(() => ring.isRing(), "a ring of two to begin with", 10_000, 10_000);
    for (const item of decodeSteps(input)) take(item, ring);
    ring.passes = () => true;
    findEachOther(ring);
  },
};
