import { readdirSync, readFileSync } from "node:fs";

export interface CapturedPacket {
  readonly t_ms: number;
  readonly src: string;
  readonly hex: string;
  readonly decoded: {
    readonly byte_order: "little" | "big";
    readonly msg: string;
    readonly header: { readonly type: number; readonly encapsulated: number; readonly nodeid: number };
    readonly [field: string]: unknown;
  };
}

const VECTORS = new URL("./vectors/", import.meta.url);

export function readVector(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, VECTORS), "utf8"));
}

/** Every packet of every capture of the C daemon on udpu, with the name of its capture. */
export function capturedPackets(): { capture: string; packet: CapturedPacket; bytes: Uint8Array }[] {
  return readdirSync(VECTORS)
    .filter((name) => name.startsWith("udpu-"))
    .flatMap((name) =>
      (readVector(name) as { packets: CapturedPacket[] }).packets.map((packet) => ({
        capture: name,
        packet,
        bytes: Uint8Array.from(Buffer.from(packet.hex, "hex")),
      })),
    );
}
