/** What a daemon's log says about its ring, C's or ours: the texts are the same. */
export interface RingView {
  /** Representative and sequence as logged, for example "1.d" (the sequence in hex). */
  ringId: string;
  members: number[];
  /** Whether service synchronisation on this ring has completed. */
  synchronised: boolean;
  /** Rings formed so far. */
  formedCount: number;
  /** When the ring was formed, as the log says: milliseconds since 1970; NaN without time stamps. */
  formedAtMs: number;
}

const FORMED = /\[TOTEM ?\] A new membership \(([0-9a-f.:]+)\) was formed\. Members(.*)$/;
const COMPLETED = /\[MAIN ?\s*\] Completed service synchronization, ready to provide service\./;

/** Follows a daemon's log from its first line and keeps the current view. */
export class MembershipLog {
  readonly view: RingView = {
    ringId: "",
    members: [],
    synchronised: false,
    formedCount: 0,
    formedAtMs: Number.NaN,
  };
  private readonly lines: readonly string[];
  private next = 0;

  constructor(lines: readonly string[]) {
    this.lines = lines;
  }

  /** Reads the lines that came since the last call. */
  read(): RingView {
    while (this.next < this.lines.length) this.readLine(this.lines[this.next++]!);
    return this.view;
  }

  private readLine(line: string): void {
    const formed = FORMED.exec(line);
    if (formed !== null) {
      this.view.ringId = formed[1]!;
      this.view.members = applyChanges(this.view.members, formed[2]!);
      this.view.synchronised = false;
      this.view.formedCount++;
      this.view.formedAtMs = loggedAtMs(line);
    } else if (COMPLETED.test(line)) {
      this.view.synchronised = true;
    }
  }
}

/** The time of a line of a log with `timestamp: hires`, which leaves out the year; NaN without one. */
export function loggedAtMs(line: string, year = new Date().getFullYear()): number {
  const parts = /^(\w{3} \d{2}) (\d{2}:\d{2}:\d{2}\.\d{3}) /.exec(line);
  return parts === null ? Number.NaN : Date.parse(`${parts[1]} ${year} ${parts[2]}`);
}

/** @param changes " joined: 2 3 left: 4", either part or both missing. */
function applyChanges(members: readonly number[], changes: string): number[] {
  const left = numbersAfter(changes, /left:((?: \d+)+)/);
  const joined = numbersAfter(changes, /joined:((?: \d+)+)/);
  const result = new Set(members.filter((member) => !left.includes(member)));
  for (const member of joined) result.add(member);
  return [...result].sort((a, b) => a - b);
}

function numbersAfter(text: string, pattern: RegExp): number[] {
  return (pattern.exec(text)?.[1] ?? "").split(" ").filter(Boolean).map(Number);
}
