import { mutateBytes } from "./engine/mutate-bytes.ts";
import type { Random } from "./engine/random.ts";
import { JOIN_RING_SEQUENCE_AT, packetFields, packetType, RING_ID_AT } from "./packet-fields.ts";
import type { InputField } from "./target.ts";
import type { RingNode } from "./virtual-ring.ts";

/**
 * The inputs of the targets that are whole nodes: one byte of set-up, then steps. A step is a kind, and
 * behind it: for a packet flags u8, length u16 and the bytes; for the others one byte.
 */
export const StepKind = { packet: 0, time: 1, events: 2, send: 3, acknowledge: 4 } as const;
const KINDS = 5;

/** What is done to a packet before it is received: the values that only the running node knows. */
export const PacketFlag = {
  /** Its ring id becomes the node's. */
  ownRing: 1,
  /** Its sequences count from those of the last token that the node sent. */
  ownSequences: 2,
  /** It is not sealed, where packets are. */
  unsealed: 4,
  /** A bit of it is changed after it was sealed. */
  altered: 8,
  /** Goes to the other node, where there are two. */
  toOther: 16,
} as const;

export interface Step {
  readonly kind: number;
  readonly flags: number;
  readonly value: number;
  readonly packet: Uint8Array;
}

const STEPS_MAX = 24;
const NO_PACKET = new Uint8Array(0);

export function packetStep(packet: Uint8Array, flags = 0): Step {
  return { kind: StepKind.packet, flags, value: 0, packet };
}

export function step(kind: number, value: number): Step {
  return { kind, flags: 0, value, packet: NO_PACKET };
}

export function encodeSteps(setUp: number, steps: readonly Step[]): Uint8Array {
  const bytes = [setUp];
  for (const { kind, flags, value, packet } of steps) {
    if (kind === StepKind.packet)
      bytes.push(kind, flags, packet.length & 0xff, packet.length >> 8, ...packet);
    else bytes.push(kind, value);
  }
  return Uint8Array.from(bytes);
}

export function decodeSteps(input: Uint8Array): Step[] {
  const steps: Step[] = [];
  for (let at = 1; at < input.length && steps.length < STEPS_MAX; ) {
    const kind = input[at]! % KINDS;
    if (kind !== StepKind.packet) {
      steps.push(step(kind, input[at + 1] ?? 0));
      at += 2;
      continue;
    }
    const length = (input[at + 2] ?? 0) | ((input[at + 3] ?? 0) << 8);
    const packet = input.slice(at + 4, at + 4 + length);
    steps.push(packetStep(packet, input[at + 1] ?? 0));
    at += 4 + packet.length;
  }
  return steps;
}

/** The fields of all packets of an input. */
export function stepFields(input: Uint8Array): InputField[] {
  const fields: InputField[] = [];
  let at = 1;
  for (const { kind, packet } of decodeSteps(input)) {
    if (kind === StepKind.packet) {
      for (const field of packetFields(packet)) fields.push({ at: at + 4 + field.at, bytes: field.bytes });
      at += 4 + packet.length;
    } else {
      at += 2;
    }
  }
  return fields;
}

/** Adds, repeats, removes, swaps or mutates whole steps; what it makes is well-formed again. */
export function mutateSteps(
  input: Uint8Array,
  other: Uint8Array,
  values: readonly number[],
  random: Random,
): Uint8Array {
  const steps = decodeSteps(input);
  const others = decodeSteps(other);
  let setUp = input[0] ?? 0;
  for (let n = 1 + random.below(3); n > 0; n--) {
    const at = random.below(steps.length + 1);
    const here = steps[at];
    switch (random.below(8)) {
      case 0:
        steps.splice(at, 1);
        break;
      case 1:
        if (here) steps.splice(random.below(steps.length), 0, here);
        break;
      case 2:
        if (others.length > 0) steps.splice(at, 0, random.pick(others));
        break;
      case 3:
        steps.splice(at, 0, step(1 + random.below(KINDS - 1), random.below(256)));
        break;
      case 4:
        if (here) steps[at] = { ...here, flags: here.flags ^ (1 << random.below(5)) };
        break;
      case 5:
        if (random.oneIn(4)) setUp = random.below(256);
        break;
      default:
        if (here?.kind === StepKind.packet) {
          const help = { fields: packetFields(here.packet), values, other: NO_PACKET };
          steps[at] = { ...here, packet: mutateBytes(here.packet, help, random) };
        }
    }
  }
  return encodeSteps(setUp, steps.slice(0, STEPS_MAX));
}

/** The packet of a step with what its flags ask for filled in. */
export function livePacket(step: Step, node: RingNode): Uint8Array {
  const packet = step.packet.slice();
  const type = packetType(packet);
  if (type < 0) return packet;
  const view = new DataView(packet.buffer);
  if ((step.flags & PacketFlag.ownRing) !== 0) {
    const { representative, sequence } = node.totem.ringId;
    const at = RING_ID_AT[type]!;
    if (at >= 0) setU32(view, at, representative);
    const sequenceAt = at >= 0 ? at + 4 : JOIN_RING_SEQUENCE_AT;
    setU32(view, sequenceAt, sequence >>> 0);
    setU32(view, sequenceAt + 4, Math.floor(sequence / 0x1_0000_0000));
  }
  if ((step.flags & PacketFlag.ownSequences) !== 0) {
    const { seq, tokenSeq, aru } = node.position;
    if (type === 0) {
      addU32(view, 13, seq);
      addU32(view, 17, tokenSeq);
      addU32(view, 21, aru);
    } else if (type === 1) {
      addU32(view, 17, seq);
    }
  }
  return packet;
}

function setU32(view: DataView, at: number, value: number): void {
  if (at + 4 <= view.byteLength) view.setUint32(at, value, true);
}

function addU32(view: DataView, at: number, value: number): void {
  if (at + 4 <= view.byteLength) view.setUint32(at, (view.getUint32(at, true) + value) >>> 0, true);
}
