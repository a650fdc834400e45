import { describe, expect, it } from "vitest";
import { loggedAtMs, MembershipLog } from "./membership-log.ts";

const formed = (ring: string, changes: string) =>
  `Nov 23 23:37:49 notice  [TOTEM ] A new membership (${ring}) was formed. Members${changes}`;
const COMPLETED =
  "Nov 23 23:37:49 notice  [MAIN  ] Completed service synchronization, ready to provide service.";

describe("MembershipLog", () => {
  it("adds up joined and left nodes, and knows when services are synchronised", () => {
    const lines = [formed("1.5", " joined: 1"), COMPLETED, formed("1.d", " joined: 2 3")];
    const log = new MembershipLog(lines);
    const first = { ringId: "1.d", members: [1, 2, 3], synchronised: false, formedCount: 2 };
    expect(log.read()).toMatchObject(first);
    lines.push(COMPLETED);
    expect(log.read().synchronised).toBe(true);
    lines.push(formed("1.11", " joined: 4 left: 2 3"));
    const second = { ringId: "1.11", members: [1, 4], synchronised: false, formedCount: 3 };
    expect(log.read()).toMatchObject(second);
  });

  it("keeps the members of a ring that formed anew without changes", () => {
    const log = new MembershipLog([formed("1.5", " joined: 1 2"), formed("1.9", "")]);
    expect(log.read().members).toEqual([1, 2]);
  });
});

describe("loggedAtMs", () => {
  it("reads the time stamps that corosync calls hires", () => {
    const line = "Nov 23 23:37:49.219 notice  [TOTEM ] A new membership (1.5) was formed. Members";
    expect(loggedAtMs(line, 2026)).toBe(new Date(2026, 10, 23, 23, 37, 49, 219).getTime());
    expect(loggedAtMs(formed("1.5", ""))).toBeNaN();
  });
});
