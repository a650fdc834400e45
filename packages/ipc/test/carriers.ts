import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CarrierLog,
  type CarrierServer,
  type ClientConnection,
  type ClientLimits,
  type ConnectionHandler,
  connectStream,
  listenStream,
  memoryCarrier,
  type ServerLimits,
  serviceAddress,
} from "../src/index.ts";

export interface CarrierUnderTest {
  readonly server: CarrierServer;
  connect(): Promise<ClientConnection>;
  dispose(): Promise<void>;
}

export interface OpenOptions {
  readonly limits?: Partial<ServerLimits>;
  readonly clientLimits?: Partial<ClientLimits>;
  readonly log?: CarrierLog;
}

export interface CarrierKind {
  readonly name: string;
  open(handler: ConnectionHandler, options?: OpenOptions): Promise<CarrierUnderTest>;
}

const memory: CarrierKind = {
  name: "memory",
  open(handler, options = {}) {
    const carrier = memoryCarrier(handler, options);
    return Promise.resolve({ ...carrier, dispose: () => carrier.server.close() });
  },
};

function stream(name: string, address: (directory: string) => string): CarrierKind {
  return {
    name,
    async open(handler, { clientLimits, ...options } = {}) {
      const directory = mkdtempSync(join(tmpdir(), "corosync-ipc-"));
      const path = address(directory);
      const server = await listenStream({ service: "test", address: path, handler, ...options });
      return {
        server,
        connect: () => connectStream({ address: path, ...(clientLimits && { limits: clientLimits }) }),
        async dispose() {
          await server.close();
          rmSync(directory, { recursive: true, force: true });
        },
      };
    },
  };
}

export const CARRIERS: readonly CarrierKind[] = [
  memory,
  stream("stream, socket file", (directory) => serviceAddress("test", directory)),
  stream("stream, abstract name", (directory) => serviceAddress(directory.replaceAll("/", "_"))),
];
