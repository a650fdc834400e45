/** A place in the sources, as the log's `fileline` and `function_name` options print it. */
export interface CallSite {
  /** File name without folders. */
  readonly file: string;
  readonly line: number;
  readonly function: string;
}

const UNKNOWN: CallSite = { file: "unknown", line: 0, function: "unknown" };
const FRAME = /^\s*at (?:(?:async |new )?(.*?) \()?(?:file:\/\/)?(?:.*\/)?([^/()]+?):(\d+):\d+\)?$/;

/**
 * The innermost frame of an error's stack that is neither Node's own nor a logging function: every
 * layer hands its texts on through a function called `log`, and the place that wrote one is of interest.
 */
export function callSite(error: Error): CallSite {
  const stack = error.stack ?? "";
  // A message of several lines stands before the frames.
  const frames = stack.slice(stack.indexOf("\n    at ") + 1).split("\n");
  for (const frame of frames) {
    const match = FRAME.exec(frame);
    if (match === null || frame.includes(" node:") || frame.includes("(node:")) continue;
    const name = match[1] ?? "main";
    const own = name.slice(name.lastIndexOf(".") + 1);
    if (own === "log" || own === "#log") continue;
    return { file: match[2]!, line: Number(match[3]), function: own };
  }
  return UNKNOWN;
}
