import { describe, expect, it } from "vitest";
import { PeerComplaints } from "./peer-complaints.ts";

const DIGEST = "Received message has invalid digest... ignoring.";

describe("complaints about peers", () => {
  it("gives one line a second for each peer, and says what was left out", () => {
    const complaints = new PeerComplaints();
    expect(complaints.complain("10.0.0.1", DIGEST, 5000)).toBe(`${DIGEST} (from 10.0.0.1)`);
    expect(complaints.complain("10.0.0.1", DIGEST, 5000)).toBeNull();
    expect(complaints.complain("10.0.0.1", "Invalid packet data", 5999)).toBeNull();
    expect(complaints.complain("10.0.0.2", DIGEST, 5999)).toBe(`${DIGEST} (from 10.0.0.2)`);
    expect(complaints.complain("10.0.0.1", DIGEST, 6000)).toBe(
      `${DIGEST} (from 10.0.0.1) (1 more suppressed, 1 × "Invalid packet data")`,
    );
    expect(complaints.complain("10.0.0.1", DIGEST, 7000)).toBe(`${DIGEST} (from 10.0.0.1)`);
  });

  it("counts every complaint by reason", () => {
    const complaints = new PeerComplaints();
    for (let i = 0; i < 5; i++) complaints.complain("p", DIGEST, 0);
    complaints.complain("q", "other", 0);
    expect([...complaints.totals]).toEqual([
      [DIGEST, 5],
      ["other", 1],
    ]);
  });

  it("counts what was left out by its kind", () => {
    const complaints = new PeerComplaints();
    complaints.complain("p", "long", 0);
    for (let i = 0; i < 3; i++) complaints.complain("p", DIGEST, 1);
    expect(complaints.complain("p", "long", 1000)).toBe(`long (from p) (3 × "${DIGEST}")`);
    for (let i = 0; i < 20; i++) complaints.complain("p", `reason ${i}`, 1001);
    const line = complaints.complain("p", "reason 1", 2000);
    expect(line).toMatch(/^reason 1 \(from p\) \(1 more suppressed, 1 × "reason 0", /);
    expect(line).toMatch(/, 12 × "other reasons"\)$/);
  });

  it("counts invented reasons together, so that the table stays small", () => {
    const complaints = new PeerComplaints();
    for (let i = 0; i < 1000; i++) complaints.complain("p", `reason ${i}`, 0);
    expect(complaints.totals.size).toBe(65);
    expect([...complaints.totals.values()].reduce((sum, n) => sum + n, 0)).toBe(1000);
  });

  it("forgets the peer longest without a line when there are too many", () => {
    const complaints = new PeerComplaints({ maxPeers: 3, intervalMs: 1000 });
    complaints.complain("a", DIGEST, 0);
    complaints.complain("b", DIGEST, 100);
    complaints.complain("a", DIGEST, 1000);
    complaints.complain("c", DIGEST, 1001);
    complaints.complain("d", DIGEST, 1001);
    expect(complaints.peerCount).toBe(3);
    expect(complaints.complain("a", DIGEST, 1002)).toBeNull();
    expect(complaints.complain("b", DIGEST, 1003)).not.toBeNull();
  });

  it("bounds the lines about invented peers, and still reports them later", () => {
    const complaints = new PeerComplaints({ maxLinesPerInterval: 10 });
    let lines = 0;
    for (let i = 0; i < 5000; i++)
      if (complaints.complain(`10.0.${i >> 8}.${i & 255}`, DIGEST, 1) !== null) lines++;
    expect(lines).toBe(10);
    expect(complaints.peerCount).toBe(1024);
    expect(complaints.totals.get(DIGEST)).toBe(5000);
    expect(complaints.complain("10.0.19.135", DIGEST, 1001)).toBe(
      `${DIGEST} (from 10.0.19.135) (1 more suppressed)`,
    );
  });

  it("is not silenced by a clock that was set back", () => {
    const complaints = new PeerComplaints();
    complaints.complain("a", DIGEST, 1_000_000);
    expect(complaints.complain("a", DIGEST, 10)).not.toBeNull();
  });
});
