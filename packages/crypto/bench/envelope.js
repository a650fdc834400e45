/**
 * Microseconds to seal and to open one packet, for both implementations and for one node:crypto
 * object a packet, by size. Run with `npm run bench` in this package.
 */
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import {
  createOpensslEnvelope,
  createPortableEnvelope,
  fillSystemRandom,
  generateAuthkey,
} from "@corosync/crypto";

const SUITES = [
  ["none", "sha1"],
  ["none", "sha256"],
  ["aes256", "sha1"],
  ["aes256", "sha256"],
  ["aes128", "sha512"],
  ["3des", "md5"],
];
/** A token, a small message, a full packet. */
const SIZES = [57, 200, 1455];
const ROUNDS = 9;
const REPEATS = 4000;

const key = generateAuthkey(128, fillSystemRandom);

for (const [cipher, hash] of SUITES) {
  console.log(
    `${cipher}/${hash}`.padEnd(16),
    "us: openssl seal, open | portable seal, open | object a packet seal, open",
  );
  for (const size of SIZES) {
    const options = { cipher, hash, key, fillRandom: fillSystemRandom };
    const candidates = [
      operationsOf(createOpensslEnvelope(options), size),
      cipher === "3des" ? null : operationsOf(createPortableEnvelope(options), size),
      objectPerPacket(cipher, hash, size),
    ];
    const results = measure(candidates);
    console.log(
      String(size).padStart(6),
      results.map((r) => (r ? r.map((us) => us.toFixed(2)).join(" ") : "-")).join(" | "),
    );
  }
}

function operationsOf(envelope, size) {
  const plain = new Uint8Array(size).fill(7);
  const sealed = new Uint8Array(2048);
  const opened = new Uint8Array(2048);
  const length = envelope.seal(plain, 0, size, sealed, 0);
  return [
    () => envelope.seal(plain, 0, size, sealed, 0),
    () => {
      if (envelope.open(sealed, 0, length, opened, 0) !== size) throw new Error("not opened");
    },
  ];
}

/** The obvious way: a new Cipher and a new Hmac for each packet. */
function objectPerPacket(cipher, hash, size) {
  const secret = key.lend((bytes) => createSecretKey(bytes));
  const name = { aes256: "aes-256-cbc", aes128: "aes-128-cbc", "3des": "des-ede3-cbc" }[cipher];
  const keyBytes = { aes256: 32, aes128: 16, "3des": 24 }[cipher];
  const cipherKey = key.lend((bytes) => createSecretKey(bytes.slice(0, keyBytes)));
  const iv = new Uint8Array(cipher === "3des" ? 8 : 16);
  const plain = new Uint8Array(size).fill(7);
  const out = new Uint8Array(2048);
  let sealedLength = 0;
  const seal = () => {
    out.set(iv, 4);
    let at = 20;
    if (name) {
      const encryption = createCipheriv(name, cipherKey, iv);
      const first = encryption.update(plain);
      const last = encryption.final();
      out.set(first, at);
      out.set(last, at + first.length);
      at += first.length + last.length;
    } else {
      out.set(plain, at);
      at += size;
    }
    out.set(createHmac(hash, secret).update(out.subarray(0, at)).digest(), at);
    sealedLength = at;
  };
  seal();
  const open = () => {
    const digest = createHmac(hash, secret).update(out.subarray(0, sealedLength)).digest();
    if (!timingSafeEqual(digest, out.subarray(sealedLength, sealedLength + digest.length)))
      throw new Error("not opened");
    if (!name) return;
    const decryption = createDecipheriv(name, cipherKey, iv);
    decryption.update(out.subarray(20, sealedLength));
    decryption.final();
  };
  return [seal, open];
}

/** Alternates the candidates in every round and keeps the best of each. */
function measure(candidates) {
  const best = candidates.map((operations) => operations?.map(() => Number.POSITIVE_INFINITY));
  for (let round = 0; round < ROUNDS; round++) {
    candidates.forEach((operations, c) => {
      operations?.forEach((operation, o) => {
        const start = process.hrtime.bigint();
        for (let i = 0; i < REPEATS; i++) operation();
        const us = Number(process.hrtime.bigint() - start) / REPEATS / 1000;
        best[c][o] = Math.min(best[c][o], us);
      });
    });
  }
  return best;
}
