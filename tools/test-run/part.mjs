// @ts-check

const USAGE = `usage: test-run.mjs [--unit | --interop]
  without an option: the build, every check, every test
  --unit      the build and the unit tests
  --interop   the build and the tests with C Corosync`;

/**
 * Which part of the tests was asked for.
 *
 * @param {readonly string[]} args
 * @returns {"all" | "--unit" | "--interop"}
 * @throws {Error} that says what is wrong with the arguments, and what they can be
 */
export function readPart(args) {
  const [part, more] = args;
  if (part === undefined) return "all";
  const wrong = part === "--unit" || part === "--interop" ? more : part;
  if (wrong !== undefined) throw new Error(`unexpected argument ${wrong}\n${USAGE}`);
  return /** @type {"--unit" | "--interop"} */ (part);
}
