import { describe, expect, it } from "vitest";
import { whyNoInterop } from "./interop-needs.mjs";

describe("whyNoInterop", () => {
  const works = (): undefined => undefined;

  it("finds nothing missing on a fit machine", () => {
    expect(whyNoInterop([], works)).toBeUndefined();
  });

  it("says in one line what to install", () => {
    const lacks = [
      "corosync is missing: apt-get install corosync",
      "nsenter is missing: apt-get install util-linux",
      "unshare is missing: apt-get install util-linux",
    ];
    expect(whyNoInterop(lacks, works)).toBe("apt-get install corosync util-linux");
  });

  it("keeps what no package mends", () => {
    const lacks = ["the lab needs root", "gcc is missing: apt-get install gcc"];
    expect(whyNoInterop(lacks, works)).toBe("the lab needs root; and: apt-get install gcc");
  });

  it("says why namespaces do not work", () => {
    expect(whyNoInterop([], () => "not permitted")).toBe(
      "network namespaces do not work here (not permitted)",
    );
  });

  it("does not try namespaces while something else is missing", () => {
    const attempt = (): string => expect.unreachable("tried without the means");
    expect(whyNoInterop(["the lab needs root"], attempt)).toBe("the lab needs root");
  });
});
