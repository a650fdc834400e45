/**
 * cpg-latency --count N --pause MS
 *
 * The twin of tools/lab/c/cpg-latency.c on @corosync/client: sends a small message, waits until it is
 * delivered to itself, pauses, N times over; prints one line:
 *   latency MICROSECONDS MICROSECONDS ...
 */
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type CpgReceiver, connect } from "@corosync/client";

const MESSAGE_BYTES = 64;
const EXIT_USAGE = 2;

async function measure(count: number, pauseMs: number): Promise<void> {
  let deliver = () => {};
  const receiver: CpgReceiver = {
    message(_nodeId, pid) {
      if (pid === process.pid) deliver();
    },
  };
  await using cluster = await connect();
  const group = await cluster.cpg.join("cpg_latency", { receiver });
  const message = new Uint8Array(MESSAGE_BYTES);
  const latencies: number[] = [];
  for (let i = 0; i < count; i++) {
    await pause(pauseMs);
    const start = performance.now();
    const delivered = new Promise<void>((resolve) => {
      deliver = resolve;
    });
    await group.multicast(message);
    await delivered;
    latencies.push((performance.now() - start) * 1000);
  }
  console.log(["latency", ...latencies.map((latency) => latency.toFixed(0))].join(" "));
}

const { values } = parseArgs({
  options: { count: { type: "string", default: "0" }, pause: { type: "string", default: "0" } },
});
const [count, pauseMs] = [Number(values.count), Number(values.pause)];
if (!(count > 0 && pauseMs >= 0)) {
  console.error("usage: cpg-latency --count N --pause MS");
  process.exit(EXIT_USAGE);
}
await measure(count, pauseMs);
