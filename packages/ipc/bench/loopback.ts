/**
 * Messages per second through the stream carrier, and the processor time that each costs: a client
 * process sends one-way requests, the server answers each with an event of the same length.
 *
 *     npm run bench -w packages/ipc [-- LENGTH,LENGTH...]
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { type ClientConnection, connectStream, listenStream, serviceAddress } from "@corosync/ipc";

const LENGTHS_BYTES = [64, 1600, 8192, 65_536, 1_000_000];
/** How far sending may run ahead of the events, in bytes. */
const AHEAD_BYTES = 2 * 1024 * 1024;
const SECONDS = 3;

async function serve(address: string): Promise<void> {
  const server = await listenStream({
    service: "bench",
    address,
    handler: {
      accept: () => 0,
      connectionOpened: () => undefined,
      request(connection, request) {
        const { length } = request;
        const event = connection.event(length);
        event.bytes.set(request.subarray(), event.offset);
        return "done";
      },
      connectionClosed: () => undefined,
    },
  });
  process.once("disconnect", () => void server.close());
  process.on("message", () => process.send?.(cpuSeconds()));
  process.send?.("ready");
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function cpuSecondsOf(server: ChildProcess): Promise<number> {
  server.send("cpu");
  return new Promise((resolve) => {
    server.once("message", (seconds) => resolve(Number(seconds)));
  });
}

/** Sends for a while, keeping a bounded amount under way; resolves with the messages per second. */
async function messagesPerSecond(client: ClientConnection, lengthBytes: number): Promise<number> {
  const ahead = Math.max(2, Math.floor(AHEAD_BYTES / lengthBytes));
  let sent = 0;
  let received = 0;
  let wake: () => void = () => undefined;
  client.onEvent = () => {
    received++;
    if (sent - received === ahead >> 1 || received === sent) wake();
  };
  const begin = performance.now();
  const end = begin + SECONDS * 1000;
  while (performance.now() < end) {
    while (sent - received < ahead) {
      const span = client.send(lengthBytes);
      span.setI32(0, 2);
      span.setI32(8, lengthBytes);
      span.setU32(16, sent++);
    }
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  while (received < sent)
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  return received / ((performance.now() - begin) / 1000);
}

async function measure(client: ClientConnection, server: ChildProcess, lengthBytes: number): Promise<void> {
  const before = [cpuSeconds(), await cpuSecondsOf(server)] as const;
  const begin = performance.now();
  const rate = await messagesPerSecond(client, lengthBytes);
  const messages = rate * ((performance.now() - begin) / 1000);
  const microseconds = (seconds: number): string => ((seconds * 1e6) / messages).toFixed(2).padStart(8);
  console.log(
    [
      `${lengthBytes.toString().padStart(8)} B`,
      `${Math.round(rate).toString().padStart(9)} messages/s each way`,
      `${((rate * lengthBytes) / 1e6).toFixed(0).padStart(5)} MB/s`,
      `${microseconds(cpuSeconds() - before[0])} µs client`,
      `${microseconds((await cpuSecondsOf(server)) - before[1])} µs server`,
    ].join("  "),
  );
}

async function roundTrips(client: ClientConnection): Promise<number> {
  const request = new Uint8Array(64);
  const view = new DataView(request.buffer);
  view.setInt32(8, 64, true);
  const begin = performance.now();
  let count = 0;
  while (performance.now() - begin < 1000) {
    await new Promise<void>((resolve) => {
      client.onEvent = () => resolve();
      client.send(64).write(0, request);
    });
    count++;
  }
  return count / ((performance.now() - begin) / 1000);
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "corosync-ipc-bench-"));
  const address = serviceAddress("bench", directory);
  const server = fork(new URL(import.meta.url), ["serve", address], { execArgv: process.execArgv });
  await new Promise((resolve) => server.once("message", resolve));
  const client = await connectStream({ address });
  const lengths = role?.split(",").map(Number) ?? LENGTHS_BYTES;
  for (const lengthBytes of lengths) await measure(client, server, lengthBytes);
  console.log(`round trips, 64 B: ${Math.round(await roundTrips(client))}/s`);
  await client.close();
  server.disconnect();
  rmSync(directory, { recursive: true, force: true });
}

const [role, address] = process.argv.slice(2);
await (role === "serve" && address !== undefined ? serve(address) : main());
