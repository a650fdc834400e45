import { CommandError, execute } from "./execute.ts";
import { isAlive, LabIdentity } from "./lab-identity.ts";
import { listLabNames, readLabState, removeLabState } from "./lab-state.ts";

/** Kills every process in the lab's namespaces and removes the namespaces, the files last. */
export async function removeLab(name: string): Promise<void> {
  const prefix = `cslab-${new LabIdentity(name).name}-`;
  for (const namespace of await listNamespaces()) {
    if (!namespace.startsWith(prefix)) continue;
    await killProcesses(namespace);
    await ignoreMissing(execute("ip", ["netns", "del", namespace]));
  }
  removeLabState(name);
}

/** Removes the labs whose owner is gone: what a crashed or killed run has left. */
export async function removeDeadLabs(): Promise<string[]> {
  const removed: string[] = [];
  for (const name of listLabNames()) {
    const state = readLabState(name);
    if (state === undefined || state.owner === null || isAlive(state.owner)) continue;
    await removeLab(name);
    removed.push(name);
  }
  return removed;
}

async function listNamespaces(): Promise<string[]> {
  const output = await execute("ip", ["netns", "list"]);
  return output
    .split("\n")
    .map((line) => line.split(" ")[0]!)
    .filter((namespace) => namespace !== "");
}

/** Twice at most would do; the bound keeps a process that cannot die from holding us for ever. */
async function killProcesses(namespace: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const pids = await ignoreMissing(execute("ip", ["netns", "pids", namespace]));
    const living = pids.split("\n").filter((pid) => pid !== "");
    if (living.length === 0) return;
    for (const pid of living) {
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {
        // Gone meanwhile.
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Another process may remove the same dead lab at the same time: what is gone is as we want it. */
async function ignoreMissing(command: Promise<string>): Promise<string> {
  try {
    return await command;
  } catch (error) {
    if (error instanceof CommandError) return "";
    throw error;
  }
}
