import type { LogLevel } from "../ring/environment.ts";
import type { SendOutcome } from "./connected-socket.ts";

/** Errors of a machine that has no way out, whoever the receiver is. */
const DOWN_CODES: ReadonlySet<string> = new Set([
  "ENETUNREACH",
  "ENETDOWN",
  "ENONET",
  "ENODEV",
  "EADDRNOTAVAIL",
  "EINVAL",
]);
/** What a connected socket tells of an earlier packet, which had got out. */
const ANSWER_CODES: ReadonlySet<string> = new Set(["ECONNREFUSED", "EHOSTUNREACH", "EHOSTDOWN"]);

export interface InterfaceWatchOptions {
  /** Of the interface, for the log. */
  readonly address: string;
  readonly log: (level: LogLevel, text: string) => void;
  /** Whether the system took a packet for everybody; not told while the interface is down. */
  readonly multicastSent: (ok: boolean) => void;
  /** Does what sockets need to work on an interface that is new. */
  readonly refresh?: () => void;
}

/**
 * Notices from what becomes of sent packets that the interface goes down and comes back, and says each
 * once. Nothing is closed for it: the ring's timers form a ring of one, and its merge detection finds
 * the others when packets get through again (spec totem 15.5). What the system refuses on an interface
 * that is up, as a firewall makes it do, is counted by the ring (spec totem 15.2).
 */
export class InterfaceWatch {
  private up = true;

  constructor(private readonly options: InterfaceWatchOptions) {}

  /** Takes the outcomes of `sends` packets that left together: down is when none got out. */
  round(sends: number): SendOutcome {
    let waiting = sends;
    let up = false;
    let sent = false;
    return (error) => {
      waiting--;
      const code = error?.code ?? "";
      sent ||= error === null || ANSWER_CODES.has(code);
      up ||= error === null || !DOWN_CODES.has(code);
      if (waiting > 0) return;
      this.judge(up, error);
      if (up) this.options.multicastSent(sent);
    };
  }

  private judge(up: boolean, error: NodeJS.ErrnoException | null): void {
    const { address, log, refresh } = this.options;
    if (this.up !== up) {
      this.up = up;
      if (up) log("notice", `The network interface [${address}] is now up.`);
      else log("notice", `The network interface is down. (${error?.message})`);
      refresh?.();
    } else if (!up) refresh?.();
  }
}
