import { connect, type OpenConnection } from "@corosync/client";
import { type ConnectionHandler, CsError, type MemoryCarrier, memoryCarrier } from "@corosync/ipc";
import { describe, expect, it } from "vitest";

/** A service that answers local_get with its node id, over a memory carrier. */
class NodeIdService implements ConnectionHandler {
  readonly carrier: MemoryCarrier = memoryCarrier(this);
  /** Errors to refuse the next clients with. */
  readonly refusals: number[] = [];
  opened = 0;
  closed = 0;

  readonly open: OpenConnection = () => this.carrier.connect();

  accept(): number {
    return this.refusals.shift() ?? 0;
  }

  connectionOpened(): void {
    this.opened++;
  }

  connectionClosed(): void {
    this.closed++;
  }

  request(connection: Parameters<ConnectionHandler["request"]>[0]): "done" {
    const response = connection.respond(32);
    response.setI32(0, 7);
    response.setI32(8, 32);
    response.setI32(16, 1);
    response.setU32(24, 42);
    return "done";
  }
}

const EAGAIN = -11;
const EACCES = -13;

describe("connect", () => {
  it("keeps one connection for questions and closes it with the cluster", async () => {
    const service = new NodeIdService();
    const cluster = await connect({ open: service.open });
    expect(await Promise.all([cluster.cpg.localNodeId(), cluster.cpg.localNodeId()])).toEqual([42, 42]);
    expect(service.opened).toBe(1);
    await cluster.close();
    expect(service.closed).toBe(1);
    await expect(cluster.cpg.localNodeId()).rejects.toThrow("CS_ERR_");
  });

  it("waits for an executive that lets nobody in yet, unless told not to", async () => {
    const service = new NodeIdService();
    service.refusals.push(EAGAIN, EAGAIN);
    await using cluster = await connect({ open: service.open });
    expect(await cluster.cpg.localNodeId()).toBe(42);
    service.refusals.push(EAGAIN);
    await expect(connect({ open: service.open, waitUntilReady: false })).rejects.toMatchObject({
      code: "CS_ERR_TRY_AGAIN",
    });
  });

  it("stops waiting when the signal aborts", async () => {
    const abort = new AbortController();
    const open: OpenConnection = () => {
      abort.abort(new Error("enough"));
      return Promise.reject(new CsError("CS_ERR_TRY_AGAIN", "connect"));
    };
    await expect(connect({ open, signal: abort.signal })).rejects.toThrow("enough");
  });

  it("fails with the executive's reason", async () => {
    const service = new NodeIdService();
    service.refusals.push(EACCES);
    await expect(connect({ open: service.open })).rejects.toMatchObject({ code: "CS_ERR_ACCESS" });
  });

  it("connects anew for the next question when the connection broke", async () => {
    let service = new NodeIdService();
    const cluster = await connect({ open: () => service.carrier.connect() });
    await service.carrier.server.close();
    const first = await cluster.cpg.localNodeId().catch((error: unknown) => error);
    expect(first).toBeInstanceOf(CsError);
    service = new NodeIdService();
    expect(await cluster.cpg.localNodeId()).toBe(42);
    await cluster.close();
  });
});
