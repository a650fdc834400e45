import { formatFault } from "./fault.ts";
import { checkWorkspace } from "./layer-rules.ts";

/**
 * Checks a workspace and prints what it finds, a line for every fault.
 *
 * @param root folder of the workspace's package.json
 * @returns the exit code: 0 when all rules hold, 1 otherwise
 */
export function runLayerCheck(root: string, print: (line: string) => void): number {
  const faults = checkWorkspace(root);
  for (const fault of faults) print(formatFault(fault));
  if (faults.length === 0) {
    print("layers: every import goes down, through a public face, and is declared");
    return 0;
  }
  print(`layers: ${faults.length} fault${faults.length === 1 ? "" : "s"}`);
  return 1;
}
