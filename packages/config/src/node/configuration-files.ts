import { open, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { strerror } from "@corosync/errno";
import { ConfigError } from "../config-error.ts";
import type { ConfigurationFiles, FileContent, PassedOver } from "../file/parse-configuration.ts";

/** Far more than any configuration; keeps a device or a pipe without end from filling the memory. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/**
 * Reads corosync.conf, and what is in `uidgid.d` beside it. A file of uidgid.d that cannot be read is
 * left out, as the C daemon does (spec config 1.9).
 * @throws ConfigError of step "file" when the main file cannot be read
 */
export async function readConfigurationFiles(path: string): Promise<ConfigurationFiles> {
  let content: Uint8Array;
  try {
    content = await readBounded(path);
  } catch (error) {
    const reason = error instanceof RangeError ? error.message : strerror(error);
    throw new ConfigError("file", `Can't read file ${path}: ${reason}`);
  }
  return { main: { path, content }, ...(await readUidgidDirectory(join(dirname(path), "uidgid.d"))) };
}

async function readUidgidDirectory(
  directory: string,
): Promise<Required<Pick<ConfigurationFiles, "uidgid" | "passedOver">>> {
  const uidgid: FileContent[] = [];
  const passedOver: PassedOver[] = [];
  for (const name of await namesIn(directory, passedOver)) {
    const path = join(directory, name);
    try {
      if ((await stat(path)).isFile()) uidgid.push({ path, content: await readBounded(path) });
      else passedOver.push({ path, reason: "Not a file" });
    } catch (error) {
      // Unreadable: the C daemon passes over it too.
      passedOver.push({ path, reason: error instanceof RangeError ? error.message : strerror(error) });
    }
  }
  return { uidgid, passedOver };
}

async function namesIn(directory: string, passedOver: PassedOver[]): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isAbsent) passedOver.push({ path: directory, reason: strerror(error) });
    return [];
  }
}

async function readBounded(path: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const chunks: Buffer[] = [];
    let lengthBytes = 0;
    for (;;) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return new Uint8Array(Buffer.concat(chunks));
      lengthBytes += bytesRead;
      if (lengthBytes > MAX_FILE_BYTES) throw new RangeError("File too large");
      chunks.push(chunk.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
