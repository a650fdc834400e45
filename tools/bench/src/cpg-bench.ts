/**
 * cpg-bench --size BYTES --seconds S [--warmup S]
 *
 * The twin of tools/lab/c/cpg-bench.c on @corosync/client: sends as fast as the daemon takes it, counts
 * its own deliveries over the given seconds after the warm-up, and prints one line:
 *   result SIZE MESSAGES SECONDS
 */
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type CpgGroup, type CpgReceiver, connect } from "@corosync/client";

const EXIT_USAGE = 2;
const MAX_SIZE_BYTES = 1_000_000;

/** Multicasts until the process ends. Nothing waits while the connection takes more. */
async function sendForever(group: CpgGroup, message: Uint8Array): Promise<never> {
  for (;;) {
    while (group.tryMulticast(message));
    await group.multicast(message);
  }
}

async function measure(sizeBytes: number, seconds: number, warmupSeconds: number): Promise<void> {
  let delivered = 0;
  const receiver: CpgReceiver = {
    message(_nodeId, pid, data) {
      if (pid === process.pid && data.length === sizeBytes) delivered++;
    },
  };
  const cluster = await connect();
  const group = await cluster.cpg.join("cpg_bench", { receiver });
  sendForever(group, new Uint8Array(sizeBytes)).catch((error: unknown) => {
    console.error(error);
    process.exit(3);
  });
  await pause(warmupSeconds * 1000);
  const before = delivered;
  const start = performance.now();
  await pause(seconds * 1000);
  const messages = delivered - before;
  const elapsedSeconds = (performance.now() - start) / 1000;
  process.stdout.write(`result ${sizeBytes} ${messages} ${elapsedSeconds.toFixed(6)}\n`, () =>
    process.exit(0),
  );
}

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "0" },
    seconds: { type: "string", default: "0" },
    warmup: { type: "string", default: "0.3" },
  },
});
const [size, seconds, warmup] = [Number(values.size), Number(values.seconds), Number(values.warmup)];
if (!(size > 0 && size <= MAX_SIZE_BYTES && seconds > 0 && warmup >= 0)) {
  console.error("usage: cpg-bench --size BYTES --seconds S [--warmup S]");
  process.exit(EXIT_USAGE);
}
await measure(size, seconds, warmup);
