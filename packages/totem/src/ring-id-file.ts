import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { RING_SEQUENCE_MAX } from "./wire/ring-id-field.ts";

const FILE_BYTES = 8;
/** Not truncated first: an old sequence is better than none when the disk is full or the machine dies. */
const WRITE_IN_PLACE = constants.O_WRONLY | constants.O_CREAT;

/** The ring sequence could not be read from or written to stable storage; the process must end with exit code 21. */
export class RingIdFileError extends Error {
  override readonly name = "RingIdFileError";
}

/**
 * The ring sequence on stable storage, so that a node never reuses one (spec totem 4.1): eight bytes in
 * `ringid_<nodeid>` of the state directory, little-endian.
 */
export class RingIdFile {
  private readonly path: string;

  constructor(directory: string, nodeId: number) {
    this.path = join(directory, `ringid_${nodeId}`);
  }

  /**
   * The stored sequence; 0, which is written, when there is none yet.
   * @throws RingIdFileError when the file can not be created
   */
  load(): number {
    try {
      const bytes = readFileSync(this.path);
      if (bytes.length >= FILE_BYTES) {
        const sequence = bytes.readBigUInt64LE();
        // The next one must be one that the other nodes believe.
        if (sequence < BigInt(RING_SEQUENCE_MAX)) return Number(sequence);
      }
    } catch {
      // Unreadable is as good as missing: C starts from 0 as well.
    }
    this.write(0, `Couldn't create ringid file '${this.path}'`);
    return 0;
  }

  /** @throws RingIdFileError */
  store(sequence: number): void {
    this.write(sequence, `Couldn't store new ring id ${sequence.toString(16)} to stable storage`);
  }

  private write(sequence: number, complaint: string): void {
    const bytes = new DataView(new ArrayBuffer(FILE_BYTES));
    bytes.setUint32(0, sequence >>> 0, true);
    bytes.setUint32(4, Math.floor(sequence / 0x1_0000_0000), true);
    try {
      const fd = openSync(this.path, WRITE_IN_PLACE, 0o600);
      try {
        if (writeSync(fd, bytes) !== FILE_BYTES) throw new Error("short write");
        ftruncateSync(fd, FILE_BYTES);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      throw new RingIdFileError(`${complaint}: ${(error as Error).message}`, { cause: error });
    }
  }
}
