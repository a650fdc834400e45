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

/**
 * Notices from what becomes of sent packets that the interface goes down and comes back, and says each
 * once. Nothing is closed for it: the ring's timers form a ring of one, and its merge detection finds
 * the others when packets get through again (spec totem 15.5).
 */
export class InterfaceWatch {
  private up = true;

  constructor(
    private readonly address: string,
    private readonly log: (level: LogLevel, text: string) => void,
    /** Does what sockets need to work on an interface that is new. */
    private readonly refresh: () => void = () => {},
  ) {}

  /** Takes the outcomes of `sends` packets that left together: down is when none got out. */
  round(sends: number): SendOutcome {
    let waiting = sends;
    let sent = false;
    return (error) => {
      waiting--;
      sent ||= error === null || !DOWN_CODES.has(error.code ?? "");
      if (waiting === 0) this.judge(sent, error);
    };
  }

  private judge(sent: boolean, error: NodeJS.ErrnoException | null): void {
    if (this.up !== sent) {
      this.up = sent;
      if (sent) this.log("notice", `The network interface [${this.address}] is now up.`);
      else this.log("notice", `The network interface is down. (${error?.message})`);
      this.refresh();
    } else if (!sent) this.refresh();
  }
}
