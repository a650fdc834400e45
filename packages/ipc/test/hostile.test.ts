import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ByteSink, IdentityCheck } from "../src/byte-channel.ts";
import { encodeFrame, FrameType } from "../src/frame.ts";
import { encodeHello, FEATURE_PROVE_IDENTITY } from "../src/handshake.ts";
import { MemoryChannel } from "../src/memory-channel.ts";
import { ServerEnd, type ServerLimits } from "../src/server-end.ts";
import { ASK, Echo } from "./echo.ts";
import { ManualLoop } from "./manual-loop.ts";
import { request } from "./messages.ts";

const HELLO = encodeHello(1_048_576, 0);
const ANSWER_BYTES = 40;

/** A peer that sends what it likes and keeps what it is sent. */
class RawPeer implements ByteSink {
  readonly channel: MemoryChannel;
  got = Buffer.alloc(0);
  over = false;

  constructor(loop: ManualLoop, server: ServerEnd) {
    const [near, far] = MemoryChannel.pair(loop);
    this.channel = near;
    near.sink = this;
    server.accept(far);
    loop.run();
  }
  received(bytes: Uint8Array): void {
    this.got = Buffer.concat([this.got, bytes]);
  }
  written(): void {}
  ended(): void {
    this.over = true;
    this.channel.end();
  }
  gone(): void {}
}

describe("a hostile peer", () => {
  let loop = new ManualLoop();
  let echo = new Echo();
  let lines: string[] = [];
  let server = newServer();

  function newServer(limits: Partial<ServerLimits> = {}, identity: IdentityCheck | null = null): ServerEnd {
    let id = 0;
    return new ServerEnd({
      service: "cpg",
      handler: echo,
      loop,
      log: (level, text) => lines.push(`${level}: ${text}`),
      limits,
      identity,
      nextConnectionId: () => ++id,
    });
  }

  function send(peer: RawPeer, ...parts: readonly Uint8Array[]): void {
    for (const part of parts) peer.channel.write(part);
    loop.run();
  }

  let bystander = new RawPeer(loop, server);

  beforeEach(() => {
    loop = new ManualLoop();
    echo = new Echo();
    lines = [];
    server = newServer();
    bystander = new RawPeer(loop, server);
    send(bystander, HELLO);
  });

  afterEach(() => {
    send(bystander, encodeFrame(FrameType.request, request(ASK, 24, 77)));
    expect(bystander.got.length).toBe(ANSWER_BYTES + 8 + 32);
    expect(bystander.over).toBe(false);
  });

  it.each<[string, (peer: RawPeer) => void, RegExp]>([
    [
      "no hello",
      (peer) => send(peer, Buffer.from("GET / HTTP/1.1\r\nHost: \r\n")),
      /no hello \(id 542393671\)/,
    ],
    ["bytes after the hello", (peer) => send(peer, Buffer.concat([HELLO, HELLO])), /more than the 24 bytes/],
    [
      "a frame longer than allowed",
      (peer) => send(peer, HELLO, Uint8Array.of(0, 0, 0, 127, 0, 0, 0, 0)),
      /frame of 2130706432 bytes exceeds the limit of 1048576/,
    ],
    [
      "an unknown frame",
      (peer) => send(peer, HELLO, encodeFrame(FrameType.request, request(1, 24)).fill(99, 4, 5)),
      /type or flags 0x63/,
    ],
    [
      "a response",
      (peer) => send(peer, HELLO, encodeFrame(FrameType.response, request(1, 24))),
      /response frame from a client/,
    ],
    [
      "a proof that nobody asked for",
      (peer) => send(peer, HELLO, encodeFrame(FrameType.identityProof, new Uint8Array(0))),
      /identityProof frame/,
    ],
    [
      "a request without a header",
      (peer) => send(peer, HELLO, encodeFrame(FrameType.request, new Uint8Array(15))),
      /15 bytes is shorter than its header/,
    ],
    [
      "a request of another size",
      (peer) => send(peer, HELLO, encodeFrame(FrameType.request, request(1, 24).fill(25, 8, 9))),
      /request 1 says 25 bytes and has 24/,
    ],
    [
      "a negative id",
      (peer) => send(peer, HELLO, encodeFrame(FrameType.request, request(-1, 24))),
      /reserved id -1/,
    ],
    [
      "libqb's disconnect",
      (peer) => send(peer, HELLO, encodeFrame(FrameType.request, request(-3, 24))),
      /asked for it/,
    ],
  ])("that sends %s is disconnected", (_, attack, reason) => {
    const peer = new RawPeer(loop, server);
    attack(peer);
    expect(peer.over).toBe(true);
    expect(echo.taken).toEqual([]);
    expect(lines).toEqual([expect.stringMatching(/^warning: ipc cpg: client 2 disconnected: /)]);
    expect(lines[0]).toMatch(reason);
    expect(echo.closed.length).toBe(echo.opened.length - 1);
  });

  it("that says half a hello and no more is disconnected in time", () => {
    const silent = new RawPeer(loop, server);
    send(silent, HELLO.subarray(0, 23));
    loop.advance(9_999);
    expect(silent.over).toBe(false);
    loop.advance(1);
    expect(silent.over).toBe(true);
    expect(lines).toEqual([
      expect.stringMatching(/client 2 disconnected: it did not introduce itself in time/),
    ]);
  });

  it("that says its hello byte by byte is let in", () => {
    const slow = new RawPeer(loop, server);
    for (const byte of HELLO) send(slow, Uint8Array.of(byte));
    expect(slow.got.length).toBe(ANSWER_BYTES);
    send(slow, encodeFrame(FrameType.request, request(ASK, 24, 5)));
    expect(echo.taken).toEqual([5]);
    loop.advance(60_000);
    expect(slow.over).toBe(false);
  });

  it("that speaks no version of ours is told so", () => {
    const peer = new RawPeer(loop, server);
    send(peer, HELLO.slice().fill(0, 12, 16));
    expect(peer.got.readInt32LE(16)).toBe(-22);
    expect(peer.over).toBe(true);
  });

  it("that floods is logged ten times a second and then counted", () => {
    for (let n = 0; n < 100; n++) send(new RawPeer(loop, server), new Uint8Array(24));
    expect(lines.length).toBe(10);
    loop.advance(1000);
    expect(lines.length).toBe(11);
    expect(lines[10]).toMatch(/90 more lines/);
    loop.advance(1000);
    expect(lines.length).toBe(11);
  });

  it("that takes places and says nothing gives them back in time", () => {
    server = newServer({ connections: 5 });
    const peers = Array.from({ length: 8 }, () => new RawPeer(loop, server));
    expect(peers.map((peer) => peer.over)).toEqual([false, false, false, false, false, true, true, true]);
    loop.advance(10_000);
    const next = new RawPeer(loop, server);
    send(next, HELLO);
    expect(next.got.length).toBe(ANSWER_BYTES);
  });

  it("that uses libqb is refused with ENOTSUP in one piece", () => {
    const peer = new RawPeer(loop, server);
    const sizes: number[] = [];
    peer.received = (bytes) => {
      sizes.push(bytes.length);
      peer.got = Buffer.from(bytes);
    };
    send(peer, Buffer.from("ffffffff0000000018000000000000000000100000000000", "hex"));
    expect(sizes).toEqual([12328]);
    expect([peer.got.readInt32LE(0), peer.got.readInt32LE(8), peer.got.readInt32LE(16)]).toEqual([
      -1, 12328, -95,
    ]);
    expect(peer.over).toBe(true);
  });

  it("cannot break anything with random bytes after the hello", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 10 }), (chunks) => {
        const peer = new RawPeer(loop, server);
        send(peer, HELLO, ...chunks);
        peer.channel.destroy();
        loop.run();
        expect(echo.closed.length).toBe(echo.opened.length - 1);
      }),
    );
  });

  describe("that has to show who it is", () => {
    const PROOF = encodeFrame(FrameType.identityProof, new Uint8Array(0));
    const hello = encodeHello(1_048_576, FEATURE_PROVE_IDENTITY);
    let found: Promise<{ pid: number; uid: number; gid: number } | null> = Promise.resolve(null);

    beforeEach(() => {
      found = Promise.resolve({ pid: 0, uid: 42, gid: 43 });
      server = newServer({}, { challenge: () => new Uint8Array(16).fill(7), owner: () => found });
    });

    async function checked(): Promise<void> {
      await found.catch(() => null);
      await Promise.resolve();
      loop.run();
    }

    it("is asked, looked up, judged and let in", async () => {
      const judged: unknown[] = [];
      echo.accept = (...args: unknown[]) => judged.push(...args) - 1;
      const peer = new RawPeer(loop, server);
      send(peer, hello);
      expect(peer.got.subarray(ANSWER_BYTES).toString("hex")).toBe(`1000000010000000${"07".repeat(16)}`);
      send(peer, PROOF);
      await checked();
      expect(judged).toEqual([{ pid: 0, uid: 42, gid: 43 }]);
      expect(peer.got.subarray(ANSWER_BYTES + 24).toString("hex")).toBe("040000001200000000000000");
      send(peer, encodeFrame(FrameType.request, request(ASK, 24, 5)));
      expect(echo.taken).toEqual([5]);
      expect(echo.opened.at(-1)!.credentials).toEqual({ pid: 0, uid: 42, gid: 43 });
    });

    it("is told when it is refused", async () => {
      echo.verdict = -13;
      const peer = new RawPeer(loop, server);
      send(peer, hello, PROOF);
      await checked();
      expect(peer.got.readInt32LE(ANSWER_BYTES + 24 + 8)).toBe(-13);
      expect(peer.over).toBe(true);
      expect(echo.opened.length).toBe(1);
    });

    it("may not ask for anything before", async () => {
      const early = encodeFrame(FrameType.request, request(ASK, 24, 5));
      const [one, two, three] = [0, 1, 2].map(() => new RawPeer(loop, server));
      send(one!, hello, early);
      send(two!, hello, Buffer.concat([PROOF, early]));
      send(three!, hello, PROOF, early);
      await checked();
      expect([one!.over, two!.over, three!.over]).toEqual([true, true, true]);
      expect(echo.taken).toEqual([]);
      expect(lines.length).toBe(3);
    });

    it("is disconnected when its identity cannot be looked up, and forgotten when it leaves meanwhile", async () => {
      found = Promise.reject(new Error("no such place"));
      const unlucky = new RawPeer(loop, server);
      send(unlucky, hello, PROOF);
      await checked();
      expect(unlucky.over).toBe(true);
      expect(lines).toEqual([expect.stringMatching(/its identity cannot be checked/)]);
      found = Promise.resolve(null);
      const leaving = new RawPeer(loop, server);
      send(leaving, hello, PROOF);
      leaving.channel.destroy();
      loop.run();
      await checked();
      expect(echo.opened.length).toBe(1);
    });
  });

  it("leaves no timer behind", () => {
    const peer = new RawPeer(loop, server);
    send(peer, HELLO);
    peer.channel.destroy();
    loop.run();
    expect(loop.timers).toBe(0);
  });
});
