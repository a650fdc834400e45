import { expect, it } from "vitest";
import { processIds, setIdRefusal } from "./set-id.ts";

const ids = { uid: 1000, effectiveUid: 1000, gid: 100, effectiveGid: 100 };

it("refuses rights that whoever started the process does not have", () => {
  expect(setIdRefusal(ids)).toBeNull();
  expect(setIdRefusal(processIds())).toBeNull();
  expect(setIdRefusal({ ...ids, effectiveUid: 0 })).toBe(
    "corosync refuses to run setuid: started by uid 1000, it has the rights of uid 0.",
  );
  expect(setIdRefusal({ ...ids, effectiveGid: 0 })).toBe(
    "corosync refuses to run setgid: started by gid 100, it has the rights of gid 0.",
  );
  // Giving rights away is suspicious as well.
  expect(setIdRefusal({ ...ids, uid: 0 })).toMatch(/setuid/);
});
