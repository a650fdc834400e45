/** More lines than any scenario prints; beyond it lines are counted but not kept. */
const MAX_LINES = 500_000;
const TAIL_LINES = 25;

export interface WaitOptions {
  /** Default 15 s. */
  readonly timeoutMs?: number;
  /** Index of the first line to look at. Default 0: lines printed before the call count too. */
  readonly from?: number;
}

/** A wait that ended by its time limit or because the process ended; the message holds the last lines. */
export class WaitError extends Error {
  override readonly name = "WaitError";
}

interface Waiter {
  check(): boolean;
  reject(error: Error): void;
}

/** The lines a process has printed so far, and waits for lines to come. */
export class LineLog {
  readonly title: string;
  readonly lines: string[] = [];
  /** Lines that were thrown away because the log was full. */
  droppedCount = 0;
  private partial = "";
  private endReason: string | undefined;
  private readonly waiters = new Set<Waiter>();

  constructor(title: string) {
    this.title = title;
  }

  append(text: string): void {
    const parts = (this.partial + text).split("\n");
    this.partial = parts.pop() ?? "";
    for (const line of parts) {
      if (this.lines.length < MAX_LINES) this.lines.push(line);
      else this.droppedCount++;
    }
    if (parts.length > 0) this.wake();
  }

  /** No more lines will come; waits that are not satisfied now fail with the reason. */
  end(reason: string): void {
    if (this.partial !== "") this.append("\n");
    this.endReason = reason;
    for (const waiter of [...this.waiters]) waiter.reject(this.failure(reason));
  }

  /** Resolves with the first line that matches, whether it is there already or still to come. */
  waitFor(pattern: RegExp, options: WaitOptions = {}): Promise<string> {
    let next = options.from ?? 0;
    const find = () => {
      while (next < this.lines.length) {
        const line = this.lines[next++]!;
        if (pattern.test(line)) return line;
      }
      return undefined;
    };
    return this.until(find, String(pattern), options);
  }

  /**
   * Resolves with what `condition` returns as soon as that is not undefined. It is asked now and after
   * every arrival of lines.
   */
  until<T>(condition: () => T | undefined, what: string, options: WaitOptions = {}): Promise<T> {
    const now = condition();
    if (now !== undefined) return Promise.resolve(now);
    if (this.endReason !== undefined) return Promise.reject(this.failure(`no ${what}: ${this.endReason}`));
    const timeoutMs = options.timeoutMs ?? 15_000;
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(
        () => waiter.reject(this.failure(`no ${what} within ${timeoutMs} ms`)),
        timeoutMs,
      );
      const finish = () => {
        clearTimeout(timer);
        this.waiters.delete(waiter);
      };
      const waiter: Waiter = {
        check: () => {
          const value = condition();
          if (value === undefined) return false;
          finish();
          resolve(value);
          return true;
        },
        reject: (error) => {
          finish();
          reject(error);
        },
      };
      this.waiters.add(waiter);
    });
  }

  tail(count = TAIL_LINES): string {
    return this.lines.slice(-count).join("\n");
  }

  private failure(reason: string): WaitError {
    return new WaitError(`${this.title}: ${reason}\n${this.tail()}`);
  }

  private wake(): void {
    for (const waiter of [...this.waiters]) waiter.check();
  }
}
