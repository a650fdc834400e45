import { execFile } from "node:child_process";

/** How long a system command of the lab may take before it counts as hung. */
const COMMAND_TIMEOUT_MS = 20_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export interface ExecuteOptions {
  /** Bytes for the command's standard input. */
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** A command that ended with another status than 0, with what it printed on stderr. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;

  constructor(command: string, exitCode: number | undefined, stdout: string, stderr: string) {
    super(`${command}: exit ${exitCode ?? "by signal or time limit"}: ${stderr.trim() || stdout.trim()}`);
    this.exitCode = exitCode;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

/**
 * Runs a program without a shell and resolves with its standard output.
 * @throws CommandError when it fails or takes longer than its time limit.
 */
export function execute(
  file: string,
  args: readonly string[],
  options: ExecuteOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      {
        timeout: options.timeoutMs ?? COMMAND_TIMEOUT_MS,
        maxBuffer: MAX_OUTPUT_BYTES,
        killSignal: "SIGKILL",
      },
      (error, stdout, stderr) => {
        if (error === null) {
          resolve(stdout);
          return;
        }
        const exitCode = typeof error.code === "number" ? error.code : undefined;
        const detail = stderr === "" ? error.message : stderr;
        reject(new CommandError([file, ...args].join(" "), exitCode, stdout, detail));
      },
    );
    // A command that does not read its input closes the pipe early; its exit status tells the rest.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input ?? "");
  });
}
