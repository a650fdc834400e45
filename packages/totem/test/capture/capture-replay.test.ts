import { describe, expect, it } from "vitest";
import { TOTEM_BEHAVIOUR } from "../../src/index.ts";
import { CAPTURE_CASES } from "./capture-cases.ts";
import { CapturedNode } from "./captured-node.ts";
import { captureNames } from "./captures.ts";

/**
 * Captures whose packets a ring cannot be made to send again. That every packet of them decodes, and
 * encodes to the same bytes, is tested with those of all captures (wire.test.ts).
 */
const NOT_REPLAYED: Readonly<Record<string, string>> = {
  "udp-mcast": "shows no token: when the nodes had their visits is not known",
  "udpu-big-endian-peer": "the peer writes big-endian, which our ring refuses",
};

/**
 * A C node's part in a capture is played by our ring with the behaviour of C: it hears what the C node
 * heard, has the same to say at each token visit, and must send the same bytes.
 */
describe("captures of the C daemon, replayed (spec totem 22)", () => {
  for (const [name, options] of CAPTURE_CASES) {
    const part = options.fromMs === undefined ? "" : ` from ${options.fromMs} ms`;
    it(`${name}: our ring sends what node ${options.node} sent${part}`, () => {
      const { ours, theirs } = new CapturedNode(name, options).replay();
      expect(theirs.length).toBeGreaterThan(0);
      // The capture may end before the C node has answered what it heard last.
      expect(ours.length - theirs.length).toBeLessThanOrEqual(1);
      expect(ours.slice(0, theirs.length)).toEqual(theirs);
    });
  }

  it("are all of them, but for those named here with the reason", () => {
    const replayed = new Set(CAPTURE_CASES.map(([name]) => name));
    expect([...replayed, ...Object.keys(NOT_REPLAYED)].sort()).toEqual(captureNames().sort());
  });

  it("our own behaviour sends less in recovery: what another member sent is not sent again (spec totem Q7)", () => {
    const [, options] = CAPTURE_CASES.find(([name, { node }]) => name === "udpu-recovery" && node === 2)!;
    const recovered = (texts: readonly string[]): number =>
      texts.filter((text) => text.startsWith("mcast 70c0030101")).length;
    const { ours, theirs } = new CapturedNode("udpu-recovery", options, TOTEM_BEHAVIOUR).replay();
    expect(recovered(theirs)).toBe(12);
    expect(recovered(ours)).toBe(6);
  });
});
