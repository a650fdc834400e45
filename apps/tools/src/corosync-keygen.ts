import { closeSync, fchmodSync, openSync, readSync, writeSync } from "node:fs";
import {
  DEFAULT_AUTHKEY_BYTES,
  generateAuthkey,
  MAX_AUTHKEY_BYTES,
  MIN_AUTHKEY_BYTES,
} from "@corosync/crypto";
import { strerror } from "@corosync/errno";
import { getopt, type OptionSyntax } from "./getopt.ts";

const PROGRAM = "corosync-keygen";
const DEFAULT_KEY_FILE = "/etc/corosync/authkey";
const DEFAULT_RANDOM_FILE = "/dev/urandom";

/** The text of the C program, whose first line names an option `-m` that it does not have. */
const USAGE = `Usage: corosync-keygen [-k <keyfile>] [-s size] [-m <randomfile>] [-l] [-h]
     -k / --key-file=<filename> -  Write to the specified keyfile
            instead of the default ${DEFAULT_KEY_FILE}.
     -r / --random-file -  Random number source file. Default is 
            /dev/urandom. As an example /dev/random may be requested
            (that may require user input for entropy).
     -l / --less-secure - Not used, option is kept only
            for compatibility.
     -s / --size -  Length of key.
     -h / --help -  Print basic usage.

`;

const SYNTAX: OptionSyntax = {
  short: "k:r:s:lh",
  long: [
    { name: "key-file", argument: "required", result: "k" },
    { name: "less-secure", argument: "none", result: "l" },
    { name: "random-file", argument: "required", result: "r" },
    { name: "size", argument: "required", result: "s" },
    { name: "help", argument: "none", result: "h" },
  ],
};

/** What the program needs of the world. */
export interface KeygenIo {
  stdout(text: string): void;
  stderr(text: string): void;
  /** As `openSync` of node:fs. */
  open(path: string, flags: string, mode?: number): number;
}

/** The program ends here, with an exit code and what there is to say on stderr. */
class KeygenFailure extends Error {
  override readonly name = "KeygenFailure";

  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}

interface KeygenOptions {
  readonly keyFile: string;
  readonly randomFile: string;
  readonly sizeBytes: number;
}

/**
 * corosync-keygen: writes a new authkey (spec config 11).
 * @param words the command line after the program's name
 * @returns the exit code
 */
export function runKeygen(words: readonly string[], io: KeygenIo): number {
  try {
    const options = readOptions(words, io);
    if (options !== null) writeNewKey(options, io);
    return 0;
  } catch (error) {
    if (!(error instanceof KeygenFailure)) throw error;
    if (error.message !== "") io.stderr(`${PROGRAM}: ${error.message}\n`);
    return error.exitCode;
  }
}

/** Null when the usage was asked for. */
function readOptions(words: readonly string[], io: KeygenIo): KeygenOptions | null {
  let keyFile = DEFAULT_KEY_FILE;
  let randomFile = DEFAULT_RANDOM_FILE;
  let sizeBytes = DEFAULT_AUTHKEY_BYTES;
  for (const { option, argument, error } of getopt(PROGRAM, words, SYNTAX).options) {
    if (error !== null) {
      io.stderr(`${error}\n`);
      io.stdout("Error parsing command line options.\n");
      throw new KeygenFailure(1, "");
    }
    if (option === "h") {
      io.stdout(USAGE);
      return null;
    }
    if (option === "k") keyFile = argument ?? "";
    else if (option === "r") randomFile = argument ?? "";
    else if (option === "s") sizeBytes = keySize(argument ?? "");
  }
  return { keyFile, randomFile, sizeBytes };
}

function keySize(word: string): number {
  const size = /^[ \t\n\v\f\r]*[+-]?[0-9]+$/.test(word) ? Number(word) : Number.NaN;
  if (size >= MIN_AUTHKEY_BYTES && size <= MAX_AUTHKEY_BYTES) return size;
  // The C program ends the text with a line end of its own.
  throw new KeygenFailure(
    1,
    `Unsupported key size (supported <${MIN_AUTHKEY_BYTES},${MAX_AUTHKEY_BYTES}>)\n`,
  );
}

function writeNewKey({ keyFile, randomFile, sizeBytes }: KeygenOptions, io: KeygenIo): void {
  io.stdout("Corosync Cluster Engine Authentication key generator.\n");
  io.stdout(`Gathering ${sizeBytes * 8} bits for key from ${randomFile}.\n`);
  const random = attempt(1, "Failed to open random source", () => io.open(randomFile, "r"));
  if (randomFile === "/dev/random") io.stdout("Press keys on your keyboard to generate entropy.\n");
  let key: ReturnType<typeof generateAuthkey>;
  try {
    key = generateAuthkey(sizeBytes, (bytes) => fillFrom(random, randomFile, bytes, io));
  } finally {
    closeSync(random);
  }
  try {
    const file = attempt(2, `Could not create ${keyFile}`, () => io.open(keyFile, "w", 0o600));
    attempt(3, "Failed to set key file permissions to 0400", () => fchmodSync(file, 0o400));
    io.stdout(`Writing corosync key to ${keyFile}.\n`);
    attempt(4, `Could not write ${keyFile}`, () => key.lend((bytes) => writeAll(file, bytes)));
    attempt(5, `Could not close ${keyFile}`, () => closeSync(file));
  } finally {
    key.wipe();
  }
}

function fillFrom(random: number, randomFile: string, bytes: Uint8Array, io: KeygenIo): void {
  for (let filled = 0; filled < bytes.length; ) {
    const count = attempt(1, `Could not read ${randomFile}`, () => {
      return readSync(random, bytes, filled, bytes.length - filled, null);
    });
    // The C program asks for ever until 3.1.9.
    if (count === 0) throw new KeygenFailure(1, `Unexpected end of ${randomFile}`);
    filled += count;
    if (filled < bytes.length) {
      const neededBits = (bytes.length - filled) * 8;
      io.stdout(`Press keys on your keyboard to generate entropy (${neededBits} bits still needed).\n`);
    }
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written, bytes.length - written);
  }
}

function attempt<T>(exitCode: number, what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new KeygenFailure(exitCode, `${what}: ${strerror(error)}`);
  }
}

/** The io of a process. */
export const keygenProcess: KeygenIo = {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  open: openSync,
};
