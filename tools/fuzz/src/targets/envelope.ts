import {
  authkeyFromBytes,
  CIPHER_NAMES,
  createOpensslEnvelope,
  createPortableEnvelope,
  HASH_NAMES,
  openFailureReason,
  type PacketEnvelope,
} from "@corosync/crypto";
import { holds, type Target } from "../target.ts";

/** Room of the inlet, and longest packet that is sealed. */
const ROOM_BYTES = 4096;
const GUARD_BYTES = 16;

const key = authkeyFromBytes(
  Uint8Array.from({ length: 128 }, (_, i) => (i * 7 + 1) & 0xff),
  "fuzz",
);

interface Pair {
  readonly openssl: PacketEnvelope;
  /** None for 3des. */
  readonly portable: PacketEnvelope | null;
}

const pairs: readonly Pair[] = HASH_NAMES.filter((hash) => hash !== "none").flatMap((hash) =>
  CIPHER_NAMES.map((cipher) => {
    const options = { cipher, hash, key, fillRandom: (bytes: Uint8Array) => bytes.fill(7) };
    return {
      openssl: createOpensslEnvelope(options)!,
      portable: cipher === "3des" ? null : createPortableEnvelope(options),
    };
  }),
);

const out = new Uint8Array(ROOM_BYTES + 2 * GUARD_BYTES);
const packet = new Uint8Array(2 * ROOM_BYTES);

/** Opens; what comes out must be told by the return value alone, and lie where it was asked for. */
function open(envelope: PacketEnvelope, length: number): number {
  out.fill(0xee);
  const room = out.subarray(0, GUARD_BYTES + ROOM_BYTES);
  const opened = envelope.open(packet, 0, length, room, GUARD_BYTES);
  holds(Number.isInteger(opened) && opened >= -7 && opened <= ROOM_BYTES, `open returns ${opened}`);
  const written = Math.max(0, opened);
  for (let i = 0; i < GUARD_BYTES; i++) {
    holds(out[i] === 0xee, "writes before its room");
    holds(
      out[GUARD_BYTES + written + i] === 0xee,
      opened < 0 ? "writes although it fails" : "writes too much",
    );
  }
  if (opened < 0) holds(openFailureReason(opened, packet, 0, length).length > 0, "no words");
  return opened;
}

/**
 * The first byte chooses the suite, the second what is done to the rest: taken for a packet as it is,
 * sealed, or sealed with one bit changed.
 */
export const envelopeTarget: Target = {
  name: "envelope-open",
  covers: ["packages/crypto/dist/envelope/"],
  seeds: pairs.flatMap((_, suite) =>
    [0, 1, 2].flatMap((mode) =>
      [0, 1, 15, 16, 70, 300].map((length) =>
        Uint8Array.of(suite, mode, ...new Uint8Array(length).fill(0xfe)),
      ),
    ),
  ),
  run: (input) => {
    const { openssl, portable } = pairs[(input[0] ?? 0) % pairs.length]!;
    const mode = (input[1] ?? 0) % 3;
    const plain = input.slice(2, 2 + ROOM_BYTES);
    let length = plain.length;
    if (mode === 0) packet.set(plain);
    else length = openssl.seal(plain, 0, plain.length, packet, 0);
    if (mode === 2) packet[(plain[0] ?? 0) % length]! ^= 1 << ((plain[1] ?? 0) & 7);
    const opened = open(openssl, length);
    if (mode === 1) {
      holds(opened === plain.length, `a sealed packet of ${plain.length} bytes opens as ${opened}`);
      for (let i = 0; i < opened; i++) holds(out[GUARD_BYTES + i] === plain[i], "opens as other bytes");
    } else {
      holds(opened < 0, "a packet that nobody sealed is opened");
    }
    if (portable !== null) holds(open(portable, length) === opened, "the two implementations differ");
  },
};
