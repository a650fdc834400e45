import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SyslogTarget } from "./syslog-target.ts";

let folder = "";
let socketPath = "";
let events: string[] = [];
const reports = {
  failed: (reason: string) => void events.push(reason),
  recovered: () => void events.push("recovered"),
};
beforeEach(() => {
  events = [];
  folder = mkdtempSync(join(tmpdir(), "corosync-syslog-"));
  socketPath = join(folder, "log");
  writeFileSync(socketPath, "");
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
    const target = new SyslogTarget(77, reports, {
      socketPath,
      program: program(`echo "$@" > ${output}; cat >> ${output}`),
    });
    target.write("<29>  [MAIN  ] one");
    target.write("<29>  [MAIN  ] two");
    await target.close(5_000);
    expect(readFileSync(output, "utf8")).toBe(
      "--prio-prefix --tag corosync --id=77\n<29>  [MAIN  ] one\n<29>  [MAIN  ] two\n",
    );
    expect(events).toEqual([]);
  });

  it("tells once that there is no such program, however often it tries", async () => {
    const target = new SyslogTarget(1, reports, { socketPath, program: join(folder, "none"), retryMs: 5 });
    target.write("lost");
    await vi.waitFor(() => expect(events).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await target.close(1_000);
    expect(events).toEqual([expect.stringMatching(/ENOENT/)]);
  });

  it("waits for a syslog daemon, starts the program when there is one, and says how much was lost", async () => {
    rmSync(socketPath);
    const output = join(folder, "out");
    const target = new SyslogTarget(1, reports, {
      socketPath,
      program: program(`cat > ${output}`),
      retryMs: 10,
    });
    target.write("one");
    target.write("two");
    expect(events).toEqual([`nothing listens at ${socketPath}`]);
    writeFileSync(socketPath, "");
    await vi.waitFor(() => expect(events.at(-1)).toBe("recovered"));
    target.write("three");
    await target.close(5_000);
    expect(readFileSync(output, "utf8")).toBe(
      "<28>  [MAIN  ] 2 log lines were dropped: syslog was too slow or away\nthree\n",
    );
    expect(events).toHaveLength(2);
  });

  it("starts the program anew when it has ended", async () => {
    const once = join(folder, "once");
    const output = join(folder, "out");
    const ends = `if [ ! -e ${once} ]; then touch ${once}; exit 3; fi; cat > ${output}`;
    const target = new SyslogTarget(1, reports, { socketPath, program: program(ends), retryMs: 50 });
    await vi.waitFor(() => expect(events).toEqual([expect.stringMatching(/ended with 3$/), "recovered"]));
    target.write("again");
    await target.close(5_000);
    expect(existsSync(once)).toBe(true);
    expect(readFileSync(output, "utf8")).toBe("again\n");
  });

  it("takes lines after it was closed without harm", async () => {
    const target = new SyslogTarget(1, reports, { socketPath, program: program("cat > /dev/null") });
    await target.close(5_000);
    target.write("late");
    expect(events).toEqual([]);
  });
});
