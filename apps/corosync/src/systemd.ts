import { spawn } from "node:child_process";

/**
 * What tells systemd that a synchronization is complete (spec config 10.6), or null when nobody waits
 * for it. Node has no datagram sockets of the needed kind, so the program `systemd-notify` does it.
 *
 * @param failed told once why systemd does not hear it, until it has heard it again
 * @param program the program to start; another one for tests
 */
export function systemdReady(
  pid: number,
  failed: (reason: string) => void,
  program = "systemd-notify",
): (() => void) | null {
  if (!process.env["NOTIFY_SOCKET"]) return null;
  let failing = false;
  const fail = (reason: string) => {
    if (!failing) failed(`Can't notify systemd: ${reason}`);
    failing = true;
  };
  return () => {
    const child = spawn(program, ["--ready", `--pid=${pid}`], { stdio: "ignore" });
    child.unref();
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code, signal) => {
      if (code === 0) failing = false;
      else fail(`${program} ended with ${signal ?? code}`);
    });
  };
}
