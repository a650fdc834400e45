/** A piece of a process's address space. */
export interface Mapping {
  readonly address: bigint;
  readonly lengthBytes: number;
}

const LINE = /^([0-9a-f]+)-([0-9a-f]+) (\S+) [0-9a-f]+ \S+ (\d+)/;

/**
 * The readable mappings of files in the text of `/proc/PID/maps`; those without an inode are heap, stack
 * and what the kernel maps of its own.
 */
export function fileMappings(maps: string): Mapping[] {
  const mappings: Mapping[] = [];
  for (const line of maps.split("\n")) {
    const match = LINE.exec(line);
    if (match === null || match[4] === "0" || !match[3]!.startsWith("r")) continue;
    const address = BigInt(`0x${match[1]}`);
    mappings.push({ address, lengthBytes: Number(BigInt(`0x${match[2]}`) - address) });
  }
  return mappings;
}
