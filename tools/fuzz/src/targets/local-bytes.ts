import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ByteSpan, CodecError } from "@corosync/codec";
import { RingIdFile } from "@corosync/totem";
import { cpgRing, FrameReader, sync } from "../internals.ts";
import { holds, type Target } from "../target.ts";
import { workFolder } from "./work-folder.ts";

/** The file of the ring sequence, whatever is in it. */
export function ringIdFileTarget(): Target {
  let folder: string | null = null;
  return {
    name: "ring-id-file",
    covers: ["packages/totem/dist/ring-id-file.js"],
    seeds: [new Uint8Array(0), Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0), new Uint8Array(8).fill(0xff)],
    fields: () => [{ at: 0, bytes: 8 }],
    run: (input) => {
      folder ??= workFolder();
      const path = join(folder, "ringid_1");
      writeFileSync(path, input);
      const file = new RingIdFile(folder, 1);
      const sequence = file.load();
      holds(Number.isSafeInteger(sequence) && sequence >= 0 && sequence < 2 ** 52, `loads ${sequence}`);
      holds(file.load() === sequence, "loads another sequence the second time");
      file.store(sequence + 4);
      holds(readFileSync(path).length === 8 && file.load() === sequence + 4, "loads another than it stored");
    },
  };
}

const BODY_BYTES_MAX = 1024;

/** The frames of a stream, or null where it ends with a protocol error. */
function framesOf(chunks: readonly Uint8Array[]): string[] {
  const reader = new FrameReader(BODY_BYTES_MAX);
  const frames: string[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    try {
      for (; reader.peek(); reader.advance()) {
        holds(reader.body.length <= BODY_BYTES_MAX, `a frame of ${reader.body.length} bytes`);
        frames.push(`${reader.type} ${Buffer.from(reader.body.copy()).toString("latin1")}`);
      }
    } catch (error) {
      holds((error as Error).message.startsWith("frame"), String(error));
      frames.push("error");
      break;
    }
  }
  return frames;
}

/** A stream of frames cut into chunks, whose sizes the first bytes tell; how it is cut makes no difference. */
export const framesTarget: Target = {
  name: "ipc-frames",
  covers: ["packages/ipc/dist/frame-reader.js", "packages/ipc/dist/frame.js"],
  seeds: [
    Uint8Array.of(3, 7, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 2, 0, 0, 0),
    Uint8Array.of(1, 9, 2, 0, 0, 0, 0, 3, 0, 0, 0, 9, 9),
  ],
  fields: () => [
    { at: 3, bytes: 4 },
    { at: 7, bytes: 4 },
  ],
  run: (input) => {
    const sizes = [...input.subarray(0, 3)].map((size) => size + 1);
    const stream = input.slice(3);
    const chunks: Uint8Array[] = [];
    for (let at = 0, n = 0; at < stream.length; n++) {
      const size = sizes[n % sizes.length]!;
      chunks.push(stream.slice(at, at + size));
      at += size;
    }
    holds(framesOf(chunks).join("|") === framesOf([stream]).join("|"), "the cuts make a difference");
  },
};

function onlyCodecErrors(decode: () => void): void {
  try {
    decode();
  } catch (error) {
    holds(error instanceof CodecError && error.struct !== "" && error.field !== "", String(error));
  }
}

export const ringMessageTargets: readonly Target[] = [
  {
    name: "cpg-ring-messages",
    covers: ["packages/cpg/dist/protocol/ring-messages.js", "packages/cpg/dist/protocol/cpg-name.js"],
    seeds: [
      cpgRing.encodeDownlist({ oldMembers: 3, left: [1, 2] }),
      cpgRing.encodeJoinlist([{ pid: 7, name: new Uint8Array(128).fill(0x61) }]),
      cpgRing.encodeJoinlist([
        { pid: 7, name: Uint8Array.of(0x61) },
        { pid: 8, name: Uint8Array.of(0x62) },
      ]),
    ],
    fields: () => [0, 8, 16, 24, 32, 40].map((at) => ({ at, bytes: 4 })),
    run: (input) => {
      onlyCodecErrors(() => {
        const { oldMembers, left } = cpgRing.decodeDownlist(input);
        holds(oldMembers <= 384 && left.length <= 384, `downlist of ${left.length} of ${oldMembers}`);
      });
      onlyCodecErrors(() => {
        const entries = cpgRing.decodeJoinlist(input);
        holds(entries.length <= input.length / 144, `${entries.length} entries in ${input.length} bytes`);
        for (const { name } of entries) holds(name.length <= 128, `a name of ${name.length} bytes`);
      });
    },
  },
  {
    name: "sync-messages",
    covers: ["packages/executive/dist/sync-messages.js"],
    seeds: [
      sync.encodeBarrier({ representative: 1, sequence: 8 }),
      sync.encodeServiceBuild({ representative: 1, sequence: 8 }, [1, 2, 5]),
    ],
    fields: () => [0, 8, 16, 32, 40].map((at) => ({ at, bytes: 4 })).concat([{ at: 20, bytes: 8 }]),
    run: (input) =>
      onlyCodecErrors(() => {
        const message = sync.decodeSyncMessage(new ByteSpan(input));
        if (message?.services) holds(message.services.length <= 128, `${message.services.length} services`);
      }),
  },
];
