import { ByteSpan } from "@corosync/codec";
import { describe, expect, it } from "vitest";
import { TOTEM_BEHAVIOUR, type TotemBehaviour } from "../../src/index.ts";
import { GroupEnd } from "./group-end.ts";

function positions(name: keyof TotemBehaviour): [ours: TotemBehaviour, c: TotemBehaviour] {
  return [TOTEM_BEHAVIOUR, { ...TOTEM_BEHAVIOUR, [name]: false }];
}

/** A totempg packet of single-letter pieces (spec totem 14.1). */
function packet(fragmented: number, continuation: number, pieces: readonly string[]): ByteSpan {
  const data = Buffer.from(pieces.join(""), "latin1");
  const bytes = new Uint8Array(8 + 2 * pieces.length + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(4, fragmented);
  view.setUint8(5, continuation);
  view.setUint16(6, pieces.length, true);
  pieces.forEach((piece, i) => {
    view.setUint16(8 + 2 * i, piece.length, true);
  });
  bytes.set(data, 8 + 2 * pieces.length);
  return new ByteSpan(bytes);
}

const A = "\x01\x00\x01\x00a";

describe("the switches of the process-group layer", () => {
  it("sendLeftoversAfterSync (spec totem Q10): what waits when the synchronization ends is sent next", () => {
    const [ours, c] = positions("sendLeftoversAfterSync");
    const sentAfterSync = (behaviour: TotemBehaviour) => {
      const end = new GroupEnd(1, behaviour);
      end.send("waiting");
      end.groups.acknowledgeTransition();
      return end.visit().length;
    };
    expect(sentAfterSync(ours)).toBe(1);
    expect(sentAfterSync(c)).toBe(0);
    // In C the next configuration change sets it free.
    const end = new GroupEnd(1, c);
    end.send("waiting");
    end.groups.acknowledgeTransition();
    end.change("transitional").change("regular");
    expect(end.visit().length).toBe(1);
  });

  it("skipToWholePacket (spec totem Q13): a fragment 1 does not end the leaving out of a broken message", () => {
    const [ours, c] = positions("skipToWholePacket");
    const delivered = (behaviour: TotemBehaviour) => {
      const end = new GroupEnd(1, behaviour);
      const packets = [
        packet(1, 0, [`${A}begin `]), // begins a message: `last` is 1
        packet(2, 9, ["unrelated "]), // does not continue it: the sender is left out
        packet(1, 2, ["more "]), // in C this ends the leaving out, with `last` still 1
        packet(0, 1, ["end"]),
        packet(0, 0, [`${A}whole`]),
      ];
      for (const each of packets) end.groups.receive(2, each);
      return end.delivered;
    };
    expect(delivered(ours)).toEqual(["whole"]);
    expect(delivered(c)).toEqual(["begin unrelated more end", "whole"]);
  });

  it("skipToWholePacket (spec totem Q13): both positions leave out the same for who joins in mid-message", () => {
    const delivered = (behaviour: TotemBehaviour) => {
      const end = new GroupEnd(1, behaviour);
      const packets = [
        packet(3, 2, ["middle"]),
        packet(1, 3, ["end", `${A}lost too, begun`]),
        packet(0, 1, ["and ended", `${A}lost with it`]),
        packet(0, 0, [`${A}first heard`]),
      ];
      for (const each of packets) end.groups.receive(2, each);
      return end.delivered;
    };
    for (const behaviour of positions("skipToWholePacket"))
      expect(delivered(behaviour)).toEqual(["first heard"]);
  });

  it("keepMessageInItsQueue (spec totem Q14): a message cut by a configuration change arrives all the same", () => {
    const [ours, c] = positions("keepMessageInItsQueue");
    const arrive = (behaviour: TotemBehaviour) => {
      const [sender, receiver] = [new GroupEnd(1, behaviour), new GroupEnd(2, behaviour)];
      const both = [sender, receiver];
      for (const end of both) end.groups.acknowledgeTransition();
      sender.send("L".repeat(2000));
      for (const sent of sender.visit(1)) receiver.groups.receive(1, sent);
      for (const end of both) end.change("transitional").change("regular");
      sender.send("of the synchronization");
      for (const sent of sender.visit()) receiver.groups.receive(1, sent);
      for (const end of both) end.groups.acknowledgeTransition();
      for (const text of ["after it", "and on"]) {
        sender.send(text);
        for (const sent of sender.visit()) receiver.groups.receive(1, sent);
      }
      return receiver.delivered.map((text) => text.replaceAll("L", "").concat(`${text.length}`));
    };
    expect(arrive(ours)).toEqual(["of the synchronization22", "2000", "after it8", "and on6"]);
    // In C the rest goes out where its head is not known, takes along what is packed behind it, and
    // leaves a head behind that what comes after the synchronization does not continue.
    expect(arrive(c)).toEqual(["and on6"]);
  });
});
