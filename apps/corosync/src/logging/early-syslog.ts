import { SyslogTarget } from "./syslog-target.ts";

/** LOG_DAEMON and LOG_ERR, as C writes such a line. */
const DAEMON_ERROR = "<27>";

/**
 * Writes an error to syslog before there are log settings (spec config 3.1): under a service manager
 * stderr may be nowhere. Without a syslog daemon nothing happens.
 * @param deadlineMs longest wait for it, in milliseconds
 */
export async function writeEarlyError(pid: number, text: string, deadlineMs: number): Promise<void> {
  if (!SyslogTarget.available()) return;
  const syslog = new SyslogTarget(pid, { failed: () => undefined, recovered: () => undefined });
  syslog.write(`${DAEMON_ERROR}${text}`);
  await syslog.close(deadlineMs);
}
