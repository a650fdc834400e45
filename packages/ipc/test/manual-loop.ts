import type { EventLoop } from "../src/index.ts";

/** An event loop whose turns and time pass when told. */
export class ManualLoop implements EventLoop {
  #tasks: (() => void)[] = [];
  readonly #timers = new Map<object, { readonly at: number; readonly task: () => void }>();
  #nowMs = 0;

  schedule(task: () => void): void {
    this.#tasks.push(task);
  }

  setTimer(delayMs: number, task: () => void): () => void {
    const key = {};
    this.#timers.set(key, { at: this.#nowMs + delayMs, task });
    return () => this.#timers.delete(key);
  }

  /** Timers that are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Runs turns until nothing is left to do. */
  run(): void {
    while (this.#tasks.length > 0) {
      const tasks = this.#tasks;
      this.#tasks = [];
      for (const task of tasks) task();
    }
  }

  /** Lets time pass and runs what becomes due. */
  advance(ms: number): void {
    this.#nowMs += ms;
    for (const [key, { at, task }] of this.#timers) {
      if (at > this.#nowMs) continue;
      this.#timers.delete(key);
      task();
    }
    this.run();
  }
}
