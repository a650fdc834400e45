/** What a shell shows for a program that a closed pipe has ended: 128 and SIGPIPE. */
const PIPE_EXIT_CODE = 141;

/**
 * Ends this program without a word when nobody reads its output any more, as in `corosync-blackbox | head`:
 * Node ignores SIGPIPE, which ends a C program then.
 */
export function endWithClosedPipe(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(PIPE_EXIT_CODE);
  });
}
