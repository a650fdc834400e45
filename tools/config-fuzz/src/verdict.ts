import { spawnSync } from "node:child_process";
import { runDaemon, type Starter } from "@corosync/daemon";
import { C_DAEMON_FILE } from "@corosync/lab";

/** What `corosync -t` came to for one file. */
export interface Verdict {
  /** Null when it was killed. */
  readonly exit: number | null;
  readonly signal: string | null;
  /** What it printed on stderr, without what differs from run to run. */
  readonly stderr: string;
}

const TIMESTAMP = /^[A-Z][a-z]{2} [0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})? /gm;
/** What C tells of its own steps with `debug: on`; ours has other steps. */
const DEBUG_LINE = /^(<TS> )?(debug|trace) .*\n/gm;
const EXIT_SITE = /( exiting with status [0-9]+ at )\S+:[0-9]+\.$/gm;
/** The word that tells where in the sources a line of the log comes from. */
const LOG_SITE = /^((?:<TS> )?[a-z]+ +\[[A-Z]+ *\]) \S+ /gm;
/** What turns that word on. */
const SITE_OPTION = /^\s*(fileline|function_name)[\s:]*on\s*$/m;

function withoutRunDetails(printed: string, file: string): string {
  const text = printed
    .replaceAll(TIMESTAMP, "<TS> ")
    .replaceAll(DEBUG_LINE, "")
    // Ours shows line ends within a message.
    .replaceAll("\r", "\\r")
    .replaceAll(EXIT_SITE, "$1FILE:LINE.");
  return SITE_OPTION.test(file) ? text.replaceAll(LOG_SITE, "$1 SITE ") : text;
}

/**
 * The verdict of the C daemon.
 * @param file what the file at this path holds
 */
export function verdictOfC(path: string, file: string): Verdict {
  const { status, signal, stderr } = spawnSync(C_DAEMON_FILE, ["-t", "-c", path], { timeout: 20_000 });
  return { exit: status, signal, stderr: withoutRunDetails(stderr.toString(), file) };
}

/** The verdict of our daemon, which runs in this process. */
export async function verdictOfOurs(path: string, file: string): Promise<Verdict> {
  let printed = "";
  const starter: Starter = {
    background: true,
    write: (text) => {
      printed += text;
    },
    ready: () => {},
  };
  const command = {
    kind: "run",
    foreground: true,
    testOnly: true,
    configPath: path,
    lockPath: null,
    report: null,
  } as const;
  const exit = await runDaemon(command, starter);
  return { exit, signal: null, stderr: withoutRunDetails(printed, file) };
}
