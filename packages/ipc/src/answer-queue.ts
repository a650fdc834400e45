interface Waiter {
  readonly resolve: (response: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** Those who wait for responses, in the order of their requests. */
export class AnswerQueue {
  #waiters: Waiter[] = [];
  #next = 0;

  get length(): number {
    return this.#waiters.length - this.#next;
  }

  push(resolve: (response: Uint8Array) => void, reject: (error: Error) => void): void {
    this.#waiters.push({ resolve, reject });
  }

  /** Resolves the oldest. False when nobody waits. */
  answer(response: Uint8Array): boolean {
    const waiter = this.#waiters[this.#next];
    if (waiter === undefined) return false;
    this.#next++;
    if (this.#next === this.#waiters.length || this.#next === 4096) {
      this.#waiters = this.#waiters.slice(this.#next);
      this.#next = 0;
    }
    waiter.resolve(response);
    return true;
  }

  rejectAll(error: Error): void {
    const waiters = this.#waiters;
    const first = this.#next;
    this.#waiters = [];
    this.#next = 0;
    for (let index = first; index < waiters.length; index++) waiters[index]!.reject(error);
  }
}
