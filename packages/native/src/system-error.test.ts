import { expect, it } from "vitest";
import { systemError } from "./system-error.ts";

it("has the fields of Node's own errors", () => {
  expect(systemError("mlock", 12)).toMatchObject({ code: "ENOMEM", errno: -12, syscall: "mlock" });
  expect(systemError("mlock", 9999)).toMatchObject({ code: "UNKNOWN", errno: -9999 });
});
