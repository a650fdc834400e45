import { readdirSync, readFileSync } from "node:fs";

const VECTORS = new URL("./vectors/", import.meta.url);
export function readVector(name) {
  return JSON.parse(readFileSync(new URL(name, VECTORS), "utf8"));
}
/** Every packet of every capture of the C daemon on udpu, with the name of its capture. */
export function capturedPackets() {
  return readdirSync(VECTORS)
    .filter((name) => name.startsWith("udpu-"))
    .flatMap((name) =>
      readVector(name).packets.map((packet) => ({
        capture: name,
        packet,
        bytes: Uint8Array.from(Buffer.from(packet.hex, "hex")),
      })),
    );
}
//# sourceMappingURL=captures.js.map
