const NEWLINE = 0x0a;

/**
 * The smallest file, by leaving out lines and then the ends of lines, for which a fault stays.
 * @param fails whether a file still shows the fault
 */
export async function shrunk(
  file: Uint8Array,
  fails: (candidate: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  let lines = cut(file);
  for (let size = Math.ceil(lines.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < lines.length; ) {
      const candidate = [...lines.slice(0, at), ...lines.slice(at + size)];
      if (await fails(joined(candidate))) lines = candidate;
      else at += size;
    }
  }
  return joined(lines);
}

function cut(file: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < file.length; ) {
    const newline = file.indexOf(NEWLINE, start);
    const end = newline === -1 ? file.length : newline + 1;
    lines.push(file.subarray(start, end));
    start = end;
  }
  return lines;
}

function joined(lines: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(lines));
}
