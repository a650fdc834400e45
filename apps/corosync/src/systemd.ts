import { spawn } from "node:child_process";

/**
 * What tells systemd that a synchronization is complete (spec config 10.6), or null when nobody waits
 * for it. Node has no datagram sockets of the needed kind, so the program `systemd-notify` does it.
 */
export function systemdReady(pid: number, failed: (reason: string) => void): (() => void) | null {
  if (!process.env["NOTIFY_SOCKET"]) return null;
  return () => {
    const child = spawn("systemd-notify", ["--ready", `--pid=${pid}`], { stdio: "ignore" });
    child.unref();
    child.once("error", (error) => failed(`Can't notify systemd: ${error.message}`));
  };
}
