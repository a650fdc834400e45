/** What the command line asks for (spec config 10.1). */
export type CommandLine =
  | {
      readonly kind: "run";
      readonly foreground: boolean;
      /** Read and check the configuration, then exit. */
      readonly testOnly: boolean;
      readonly configPath: string | null;
      /** `-l`: the pid lock file. */
      readonly lockPath: string | null;
      /** How to tell all that can be said about the configuration, besides the C daemon's words. */
      readonly report: "explain" | "json" | null;
    }
  | { readonly kind: "version" }
  | { readonly kind: "wrong"; readonly text: string };

const USAGE = `usage:
        -c     : Corosync config file path.
        -f     : Start application in foreground.
        -l     : Pid lock file path.
        -t     : Test configuration and exit.
        --explain : With -t: show each finding with its line, the reason and what may be meant.
        --json : With -t: print all findings as JSON on stdout.
        -v     : Display version, git revision and some useful information about Corosync and exit.
`;

/**
 * Reads the options as getopt does with "c:fl:tv": options may be bundled (`-ft`), a value may
 * follow its letter directly, other words are ignored, `--` ends the options, `-v` acts at once. Our own
 * `--explain` and `--json` ask for a test of the configuration, with or without `-t`.
 *
 * @param words the arguments after the program's own path
 */
export function parseCommandLine(words: readonly string[]): CommandLine {
  let foreground = false;
  let testOnly = false;
  let configPath: string | null = null;
  let lockPath: string | null = null;
  let report: "explain" | "json" | null = null;

  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (word === "--") break;
    if (word === "--explain" || word === "--json") {
      report = word === "--json" ? "json" : "explain";
      testOnly = true;
      continue;
    }
    if (!word.startsWith("-") || word === "-") continue;
    const letters = [...word.slice(1)];
    for (let position = 0; position < letters.length; position++) {
      const letter = letters[position]!;
      if (letter === "f") foreground = true;
      else if (letter === "t") testOnly = true;
      else if (letter === "v") return { kind: "version" };
      else if (letter === "c" || letter === "l") {
        const attached = letters.slice(position + 1).join("");
        const value = attached !== "" ? attached : words[++index];
        if (value === undefined) return wrong(`option requires an argument -- '${letter}'`);
        if (letter === "c") configPath = value;
        else lockPath = value;
        break;
      } else return wrong(`invalid option -- '${letter}'`);
    }
  }
  return { kind: "run", foreground, testOnly, configPath, lockPath, report };
}

function wrong(text: string): CommandLine {
  return { kind: "wrong", text: `corosync: ${text}\n${USAGE}` };
}
