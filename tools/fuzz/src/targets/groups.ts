import { ByteSpan } from "@corosync/codec";
import { C_TOTEM_BEHAVIOUR, TOTEM_BEHAVIOUR } from "@corosync/totem";
import { type GroupLayer, TotemGroups } from "../internals.ts";
import type { InputField, Target } from "../target.ts";
import { holds } from "../target.ts";

const STEPS_MAX = 64;
const OWN_ID = 1;
/** Bytes that may be delivered for each byte received: a message goes to at most that many groups. */
const GROUPS = ["a", "sync"];

const Kind = { packet: 0, acknowledge: 1, regular: 2, nodesLeft: 3 } as const;

interface Outcome {
  delivered: number;
  malformed: number;
}

function groupLayer(transitions: "synchronized" | "immediate", outcome: Outcome): GroupLayer {
  const layer = new TotemGroups(
    OWN_ID,
    {
      waitingTransAck: false,
      wakeHeldToken: () => undefined,
      acknowledgeTransition: () => undefined,
      onTokenSent: () => () => undefined,
      malformed: (from, reason) => {
        holds(/^node \d+$/.test(from) && reason.startsWith("totempg"), `${from}: ${reason}`);
        outcome.malformed++;
      },
    },
    transitions,
    transitions === "immediate" ? C_TOTEM_BEHAVIOUR : TOTEM_BEHAVIOUR,
  );
  for (const group of GROUPS) {
    layer.join(group, {
      deliver: (_nodeId, message) => {
        holds(
          message.offset >= 0 &&
            message.length >= 0 &&
            message.offset + message.length <= message.bytes.length,
          `delivers ${message.offset}+${message.length} of ${message.bytes.length} bytes`,
        );
        outcome.delivered += message.length;
      },
    });
  }
  return layer;
}

/** One step: kind and sender u8, length u16, and that many bytes. */
function forSteps(
  input: Uint8Array,
  each: (kind: number, sender: number, at: number, length: number) => void,
): void {
  for (let at = 1, n = 0; at + 4 <= input.length && n < STEPS_MAX; n++) {
    const wanted = input[at + 2]! | (input[at + 3]! << 8);
    const length = Math.min(wanted, input.length - at - 4);
    each(input[at]! % 4, input[at + 1]!, at + 4, length);
    at += 4 + length;
  }
}

function fieldsOf(input: Uint8Array): InputField[] {
  const fields: InputField[] = [];
  forSteps(input, (kind, _sender, at, length) => {
    if (kind !== Kind.packet || length < 10) return;
    fields.push({ at: at - 2, bytes: 2 }, { at: at + 4, bytes: 1 }, { at: at + 5, bytes: 1 });
    for (let field = at + 6; field < Math.min(at + length, at + 24); field += 2)
      fields.push({ at: field, bytes: 2 });
  });
  return fields;
}

function totempgPacket(fragmented: number, continuation: number, ...messages: Uint8Array[]): Uint8Array {
  const packet = [0, 0, 0, 0, fragmented, continuation, messages.length, 0];
  for (const { length } of messages) packet.push(length & 0xff, length >> 8);
  return Uint8Array.from([...packet, ...messages.flatMap((message) => [...message])]);
}

function message(groups: readonly string[], bytes: number): Uint8Array {
  const names = groups.map((group) => [...Buffer.from(group)]);
  const lengths = names.flatMap((name) => [name.length, 0]);
  return Uint8Array.from([names.length, 0, ...lengths, ...names.flat(), ...new Uint8Array(bytes).fill(0x6d)]);
}

function input(
  setUp: number,
  ...steps: (readonly [kind: number, sender: number, packet: Uint8Array])[]
): Uint8Array {
  return Uint8Array.from([
    setUp,
    ...steps.flatMap(([kind, sender, packet]) => [
      kind,
      sender,
      packet.length & 0xff,
      packet.length >> 8,
      ...packet,
    ]),
  ]);
}

const NOTHING = new Uint8Array(0);
const LONG = message(["a"], 1400);

/** The process-group layer, given payloads of mcasts, in the normal and the transitional family. */
export const groupsTarget: Target = {
  name: "groups",
  covers: [
    "packages/totem/dist/group/assembly.js",
    "packages/totem/dist/group/group-header.js",
    "packages/totem/dist/group/totem-groups.js",
  ],
  seeds: [0, 1].flatMap((setUp) => [
    input(setUp, [Kind.packet, 2, totempgPacket(0, 0, message(["a"], 20), message(["sync"], 3))]),
    input(setUp, [Kind.packet, 2, totempgPacket(0, 0, message(["a", "sync", "x"], 20))]),
    input(
      setUp,
      [Kind.acknowledge, 0, NOTHING],
      [Kind.packet, 2, totempgPacket(1, 0, message(["a"], 5), LONG.slice(0, 700))],
      [Kind.packet, 3, totempgPacket(1, 0, LONG.slice(0, 500))],
      [Kind.packet, 2, totempgPacket(0, 1, LONG.slice(700), message(["b"], 7))],
      [Kind.regular, 0, NOTHING],
      [Kind.packet, 3, totempgPacket(0, 1, LONG.slice(500))],
      [Kind.nodesLeft, 2, NOTHING],
    ),
  ]),
  values: [1, 2, 3, 8, 9, 10, 33, 65535],
  fields: fieldsOf,
  run: (bytes) => {
    const outcome: Outcome = { delivered: 0, malformed: 0 };
    const layer = groupLayer((bytes[0] ?? 0) % 2 === 0 ? "synchronized" : "immediate", outcome);
    let received = 0;
    const change = { members: [1], joined: [], ringId: { representative: 1, sequence: 4 } };
    forSteps(bytes, (kind, sender, at, length) => {
      if (kind === Kind.packet) {
        received += length;
        const fault = layer.receive(sender, new ByteSpan(bytes, at, length));
        holds(fault === null || fault.startsWith("totempg"), `complains with "${fault}"`);
      } else if (kind === Kind.acknowledge) {
        layer.acknowledgeTransition();
      } else if (kind === Kind.regular) {
        layer.configurationChanged({ kind: "regular", left: [], ...change });
      } else {
        layer.configurationChanged({ kind: "transitional", left: [sender], ...change });
      }
      holds(outcome.delivered <= received * GROUPS.length, "delivers more than came in");
    });
  },
};
