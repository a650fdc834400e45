/** Turns the control channel on; the daemon must have been started with an IPC channel by its parent. */
const CONTROL_VARIABLE = "COROSYNC_TEST_CONTROL";

export interface TestControl {
  /** Tells the parent that the daemon serves. */
  ready(): void;
  /** From now on `{ block: [node ids] }` from the parent acts on `block`; the last one so far at once. */
  control(block: (nodeIds: readonly number[]) => void): void;
}

/**
 * A door for tests and demonstrations: with `COROSYNC_TEST_CONTROL=1` the process that started the
 * daemon may tell it over their IPC channel to drop all packets from and to some nodes, which is a
 * network partition without root. When the parent goes away the daemon stops.
 *
 * @returns null when the daemon was not started for that
 */
export function openTestControl(parentGone: () => void): TestControl | null {
  if (process.env[CONTROL_VARIABLE] !== "1" || process.send === undefined) return null;
  let latest: readonly number[] = [];
  let act: ((nodeIds: readonly number[]) => void) | null = null;
  process.on("message", (message) => {
    if (!isBlock(message)) return;
    latest = message.block;
    act?.(latest);
  });
  process.once("disconnect", parentGone);
  return {
    ready: () => {
      if (process.connected) process.send?.({ ready: true });
    },
    control: (block) => {
      act = block;
      if (latest.length > 0) block(latest);
    },
  };
}

function isBlock(message: unknown): message is { readonly block: readonly number[] } {
  if (typeof message !== "object" || message === null || !("block" in message)) return false;
  const { block } = message;
  return Array.isArray(block) && block.every((nodeId) => Number.isInteger(nodeId) && nodeId > 0);
}
