import { existsSync, linkSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, connect as dial, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeFrame, FrameType } from "../src/frame.ts";
import { encodeHello } from "../src/handshake.ts";
import {
  AddressInUseError,
  type CarrierServer,
  connectStream,
  isAddressServed,
  listenStream,
  serviceAddress,
} from "../src/index.ts";
import { ASK, Echo, POST } from "./echo.ts";
import { isReply, range, request } from "./messages.ts";

describe("service addresses", () => {
  it("are abstract names of the full 108 bytes", () => {
    expect(serviceAddress("cmap")).toBe(`\0cmap${"\0".repeat(103)}`);
    expect(serviceAddress("x".repeat(107)).length).toBe(108);
  });

  it("are paths when a directory is given", () => {
    expect(serviceAddress("cpg", "/run/corosync")).toBe("/run/corosync/cpg");
  });

  it("must fit a unix address", () => {
    expect(() => serviceAddress("x".repeat(108))).toThrow(RangeError);
    expect(() => serviceAddress("")).toThrow(RangeError);
    expect(() => serviceAddress("a\0b")).toThrow(RangeError);
    expect(() => serviceAddress("cpg", "/".padEnd(105, "x"))).toThrow(RangeError);
  });
});

describe("stream carrier", () => {
  let directory = "";
  let abstract = "";
  let path = "";
  const servers: (CarrierServer | Server)[] = [];
  const listen = async (address: string, handler = new Echo()): Promise<CarrierServer> => {
    const server = await listenStream({ service: "test", address, handler });
    servers.push(server);
    return server;
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "corosync-ipc-"));
    abstract = serviceAddress(directory.replaceAll("/", "_"));
    path = serviceAddress("test", directory);
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it.each(["abstract", "path"])("says which address is in use: %s", async (kind) => {
    const address = kind === "path" ? path : abstract;
    await listen(address);
    const second = listen(address);
    await expect(second).rejects.toBeInstanceOf(AddressInUseError);
    await expect(second).rejects.toThrow(kind === "path" ? path : `@${directory.replaceAll("/", "_")}`);
    expect(isReply(await (await connectStream({ address })).request(request(ASK, 24, 1)), 1)).toBe(true);
  });

  it("tells whether somebody listens there", async () => {
    for (const address of [abstract, path]) {
      expect(await isAddressServed(address)).toBe(false);
      await listen(address);
      expect(await isAddressServed(address)).toBe(true);
    }
    expect(await isAddressServed(join(directory, "none", "test"))).toBe(false);
    writeFileSync(join(directory, "file"), "");
    expect(await isAddressServed(join(directory, "file"))).toBe(false);
    expect(await isAddressServed(join(directory, "file", "test"))).toBe(false);
  });

  it("replaces a socket's file that nobody answers on, open to all users", async () => {
    const dead = createServer().listen(path);
    await new Promise((resolve) => dead.once("listening", resolve));
    const kept = join(directory, "kept");
    linkSync(path, kept);
    await new Promise((resolve) => dead.close(resolve));
    renameSync(kept, path);
    expect(existsSync(path)).toBe(true);
    await listen(path);
    expect(statSync(path).mode & 0o777).toBe(0o777);
    await (await connectStream({ address: path })).close();
  });

  it("does not remove a file that is no socket", async () => {
    writeFileSync(path, "precious");
    await expect(listen(path)).rejects.toBeInstanceOf(AddressInUseError);
    expect(existsSync(path)).toBe(true);
  });

  it("reports why it cannot connect", async () => {
    const operation = "join cpg";
    await expect(connectStream({ address: abstract, operation })).rejects.toMatchObject({
      code: "CS_ERR_LIBRARY",
      message: "join cpg: CS_ERR_LIBRARY",
    });
    await expect(connectStream({ address: path })).rejects.toMatchObject({ code: "CS_ERR_NOT_EXIST" });
  });

  it.each([
    ["closes at once", (): string => "", "CS_ERR_LIBRARY"],
    ["is no executive", (): string => "48545450".repeat(10), "CS_ERR_LIBRARY"],
    ["speaks libqb only", (): string => libqbReply(0), "CS_ERR_NOT_SUPPORTED"],
    ["refuses as libqb does", (): string => libqbReply(-11), "CS_ERR_TRY_AGAIN"],
  ])("gives up on a daemon that %s", async (_, answer, code) => {
    const daemon = createServer((socket) => {
      socket.once("data", () => socket.end(Buffer.from(answer(), "hex")));
    }).listen({ path: abstract });
    servers.push(daemon);
    await new Promise((resolve) => daemon.once("listening", resolve));
    await expect(connectStream({ address: abstract })).rejects.toMatchObject({ name: "CsError", code });
  });

  it("stops connecting when told", async () => {
    const silent = createServer().listen({ path: abstract });
    servers.push(silent);
    await new Promise((resolve) => silent.once("listening", resolve));
    const abort = new AbortController();
    const connecting = connectStream({ address: abstract, signal: abort.signal });
    silent.once("connection", () => abort.abort(new Error("no longer needed")));
    await expect(connecting).rejects.toThrow("no longer needed");
    await expect(connectStream({ address: abstract, signal: abort.signal })).rejects.toThrow(
      "no longer needed",
    );
  });

  it("knows the user and group of its clients", async () => {
    const echo = new Echo();
    await listen(abstract, echo);
    const client = await connectStream({ address: abstract });
    const { uid, gid } = statSync(directory);
    expect(echo.opened[0]!.credentials).toEqual({ pid: 0, uid, gid });
    await client.close();
  });

  it("handles what a client sent before it died, also when it was put off", async () => {
    const echo = new Echo();
    const server = await listen(abstract, echo);
    let open = false;
    let putOff = false;
    echo.before = () => {
      putOff ||= !open;
      return open ? "done" : "later";
    };
    const socket = dial({ path: abstract });
    socket.write(encodeHello(1_048_576, 0));
    await new Promise((resolve) => socket.once("data", resolve));
    const count = 2000;
    const frames = Array.from({ length: count }, (_, n) =>
      encodeFrame(FrameType.request, request(POST, 64, n)),
    );
    await new Promise<void>((resolve) => {
      socket.write(Buffer.concat(frames), () => resolve());
    });
    await echo.until(() => putOff);
    socket.destroy();
    await new Promise((resolve) => socket.once("close", resolve));
    open = true;
    server.resume();
    await echo.until(() => echo.closed.length === 1);
    expect(echo.taken).toEqual(range(0, count));
  });
});

function libqbReply(error: number): string {
  const reply = Buffer.alloc(12328);
  reply.writeInt32LE(-1, 0);
  reply.writeInt32LE(12328, 8);
  reply.writeInt32LE(error, 16);
  reply.writeInt32LE(1, 24);
  return reply.toString("hex");
}
