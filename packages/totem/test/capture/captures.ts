import { readdirSync, readFileSync } from "node:fs";

export interface CapturedPacket {
  readonly t_ms: number;
  readonly src: string;
  readonly dst: readonly string[];
  readonly hex: string;
  readonly decoded: {
    readonly byte_order: "little" | "big";
    readonly msg: string;
    readonly header: { readonly type: number; readonly encapsulated: number; readonly nodeid: number };
    readonly [field: string]: unknown;
  };
}

export interface Capture {
  readonly description: string;
  /** Addresses by node id. */
  readonly nodes: Readonly<Record<string, string>>;
  readonly packets: readonly CapturedPacket[];
}

const VECTORS = new URL("../vectors/", import.meta.url);

export function readVector(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, VECTORS), "utf8"));
}

export function readCapture(name: string): Capture {
  return readVector(`${name}.json`) as Capture;
}

/** Names of all captures of the C daemon. */
export function captureNames(): string[] {
  return readdirSync(VECTORS)
    .filter((name) => /^udpu?-/.test(name))
    .map((name) => name.replace(/\.json$/, ""));
}

export function packetBytes(packet: CapturedPacket): Uint8Array {
  return Uint8Array.from(Buffer.from(packet.hex, "hex"));
}

/** Every packet of every capture, with the name of its capture. */
export function capturedPackets(): { capture: string; packet: CapturedPacket; bytes: Uint8Array }[] {
  return captureNames().flatMap((capture) =>
    readCapture(capture).packets.map((packet) => ({ capture, packet, bytes: packetBytes(packet) })),
  );
}
