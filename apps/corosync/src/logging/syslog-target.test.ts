import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SyslogTarget } from "./syslog-target.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "corosync-syslog-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(text: string): string {
  const path = join(folder, "logger");
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("SyslogTarget", () => {
  it("gives the lines to one logger process, with ident and pid", async () => {
    const output = join(folder, "out");
    const target = new SyslogTarget(77, () => undefined, program(`echo "$@" > ${output}; cat >> ${output}`));
    target.write("<29>  [MAIN  ] one");
    target.write("<29>  [MAIN  ] two");
    await target.close(5_000);
    expect(readFileSync(output, "utf8")).toBe(
      "--prio-prefix --tag corosync --id=77\n<29>  [MAIN  ] one\n<29>  [MAIN  ] two\n",
    );
  });

  it("tells once when there is no such program", async () => {
    const reasons: string[] = [];
    await new Promise<void>((resolve) => {
      const onGone = (reason: string) => {
        reasons.push(reason);
        resolve();
      };
      const target = new SyslogTarget(1, onGone, join(folder, "missing"));
      target.write("lost");
    });
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatch(/ENOENT/);
  });

  it("tells once when the program ends, and takes further lines without harm", async () => {
    const reasons: string[] = [];
    let target: SyslogTarget | undefined;
    await new Promise<void>((resolve) => {
      const onGone = (reason: string) => {
        reasons.push(reason);
        resolve();
      };
      target = new SyslogTarget(1, onGone, program("exit 3"));
    });
    target?.write("lost");
    await target?.close(1_000);
    expect(reasons).toHaveLength(1);
  });
});
