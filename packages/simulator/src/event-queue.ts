/** Something to happen at a time. */
export interface Task {
  run(): void;
}

/** What is to happen in virtual time: a binary heap by time, equal times in the order of their scheduling. */
export class EventQueue {
  nowMs = 0;
  /** Events that happened. */
  events = 0;
  readonly #times: number[] = [];
  readonly #orders: number[] = [];
  readonly #tasks: Task[] = [];
  #order = 0;
  /**
   * The earliest event, kept out of the heap when it came as such: a token that goes round, which is most
   * of what happens, never enters it.
   */
  #first: Task | null = null;
  #firstMs = 0;
  #firstOrder = 0;

  get length(): number {
    return this.#times.length + (this.#first === null ? 0 : 1);
  }

  /** Time of the earliest event, infinite when there is none. */
  get nextMs(): number {
    if (this.#first !== null) return this.#firstMs;
    return this.#times.length === 0 ? Number.POSITIVE_INFINITY : this.#times[0]!;
  }

  after(delayMs: number, work: () => void): void {
    this.schedule(this.nowMs + delayMs, { run: work });
  }

  schedule(atMs: number, task: Task): void {
    const time = Math.max(atMs, this.nowMs);
    const order = this.#order++;
    if (time >= this.nextMs) {
      this.#push(time, order, task);
      return;
    }
    if (this.#first !== null) this.#push(this.#firstMs, this.#firstOrder, this.#first);
    this.#first = task;
    this.#firstMs = time;
    this.#firstOrder = order;
  }

  #push(time: number, order: number, task: Task): void {
    const times = this.#times;
    let at = times.length;
    times.push(time);
    this.#orders.push(order);
    this.#tasks.push(task);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#before(parent, time, order)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#set(at, time, order, task);
  }

  /** Runs the earliest event; time passes to it. */
  step(): void {
    this.events++;
    if (this.#first !== null) {
      const first = this.#first;
      this.#first = null;
      this.nowMs = this.#firstMs;
      first.run();
      return;
    }
    const task = this.#tasks[0]!;
    this.nowMs = this.#times[0]!;
    const time = this.#times.pop()!;
    const order = this.#orders.pop()!;
    const last = this.#tasks.pop()!;
    if (this.#times.length > 0) this.#sink(time, order, last);
    task.run();
  }

  #sink(time: number, order: number, task: Task): void {
    const { length } = this.#times;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && this.#before(child + 1, this.#times[child]!, this.#orders[child]!)) child++;
      if (!this.#before(child, time, order)) break;
      this.#move(child, at);
      at = child;
    }
    this.#set(at, time, order, task);
  }

  #before(index: number, time: number, order: number): boolean {
    const own = this.#times[index]!;
    return own < time || (own === time && this.#orders[index]! < order);
  }

  #move(from: number, to: number): void {
    this.#set(to, this.#times[from]!, this.#orders[from]!, this.#tasks[from]!);
  }

  #set(at: number, time: number, order: number, task: Task): void {
    this.#times[at] = time;
    this.#orders[at] = order;
    this.#tasks[at] = task;
  }
}
