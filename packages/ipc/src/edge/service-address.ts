import { join } from "node:path";

/** Bytes of a unix socket's name. */
const SUN_PATH_BYTES = 108;

/**
 * The address of a service's clients on this host: libqb's abstract name, or with a directory the
 * socket's file (spec ipc 2.2). Trailing NULs are part of an abstract name, and Node before and after
 * version 22 disagree on who adds them, so the name is padded to its full length here.
 *
 * @throws RangeError when the name does not fit a unix address
 */
export function serviceAddress(service: string, directory?: string): string {
  const lengthBytes = Buffer.byteLength(service);
  if (lengthBytes === 0 || service.includes("\0")) throw new RangeError(`"${service}" is no service name`);
  if (directory === undefined) {
    if (lengthBytes > SUN_PATH_BYTES - 1)
      throw new RangeError(`service name of ${lengthBytes} bytes exceeds ${SUN_PATH_BYTES - 1}`);
    return `\0${service}${"\0".repeat(SUN_PATH_BYTES - 1 - lengthBytes)}`;
  }
  const path = join(directory, service);
  if (Buffer.byteLength(path) > SUN_PATH_BYTES - 1)
    throw new RangeError(`socket path ${path} exceeds ${SUN_PATH_BYTES - 1} bytes`);
  return path;
}

/** An address for people: `@cpg` for an abstract name, or the path. */
export function describeAddress(address: string): string {
  return address.startsWith("\0") ? `@${address.replaceAll("\0", "")}` : address;
}
