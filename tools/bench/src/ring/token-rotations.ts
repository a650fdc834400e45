/** A token as it came to a host. */
export interface TokenArrival {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** Counts the hops of the token on its ring. */
  readonly tokenSeq: number;
}

/** What token-watch prints; lines that are not of a token are left out. */
export function tokenArrivals(lines: readonly string[]): TokenArrival[] {
  return lines.flatMap((line) => {
    const parts = /^token (\d+\.\d+) (\d+)$/.exec(line);
    return parts === null ? [] : [{ timeMs: Number(parts[1]) * 1000, tokenSeq: Number(parts[2]) }];
  });
}

export interface RotationFilter {
  readonly fromMs: number;
  readonly toMs: number;
  /** Longer ones are left out: the token was held or lost. */
  readonly longestMs: number;
}

/** The times from one arrival to the next, in milliseconds. A token that was sent again counts once. */
export function rotationTimes(arrivals: readonly TokenArrival[], filter: RotationFilter): number[] {
  const times: number[] = [];
  let before: TokenArrival | undefined;
  for (const arrival of arrivals) {
    if (arrival.tokenSeq === before?.tokenSeq) continue;
    const inside = before !== undefined && before.timeMs >= filter.fromMs && arrival.timeMs <= filter.toMs;
    if (inside && arrival.timeMs - before!.timeMs <= filter.longestMs) {
      times.push(arrival.timeMs - before!.timeMs);
    }
    before = arrival;
  }
  return times;
}
