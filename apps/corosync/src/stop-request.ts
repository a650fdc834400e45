import type { DaemonExit } from "./daemon-exit.ts";

/** Why a running daemon stops: somebody asked for it, or it cannot go on. */
export type StopReason = { readonly kind: "asked"; readonly text: string } | DaemonExit;

/** Where everything that can stop the daemon says so. The first reason counts; asking again means hurry. */
export class StopRequest {
  readonly reason: Promise<StopReason>;
  readonly #asked = new AbortController();
  readonly #hurry = new AbortController();
  #resolve: (reason: StopReason) => void = () => undefined;

  constructor() {
    this.reason = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Aborts at the first reason. */
  get asked(): AbortSignal {
    return this.#asked.signal;
  }

  /** Aborts when somebody asks a second time. */
  get hurry(): AbortSignal {
    return this.#hurry.signal;
  }

  request(reason: StopReason): void {
    if (this.#asked.signal.aborted) this.#hurry.abort();
    this.#resolve(reason);
    this.#asked.abort();
  }
}
