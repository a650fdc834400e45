import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** Without privileges, whoever runs the tests. */
const UNPRIVILEGED = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : [];
const ENTRY = new URL("../dist/index.js", import.meta.url).href;

/** What a process of its own prints that runs these statements, which see `native`; it dies with its changes. */
function run(statements: string, wrapper: readonly string[] = []): string {
  const program = `import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
    import { spawnSync } from "node:child_process";
    import { loadNative } from ${JSON.stringify(ENTRY)};
    const native = await loadNative((reason) => console.log("failed:", reason));
    const attempt = (action) => { try { return action(); } catch (error) { return error.code; } };
    ${statements}`;
  const [command, ...words] = [...wrapper, process.execPath, "--input-type=module", "--eval", program];
  const { stdout, stderr, status } = spawnSync(command!, words, { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

const setsPriority = spawnSync("chrt", ["--rr", "1", "true"]).status === 0;

describe("loadNative", () => {
  it("finds the calls", () => {
    expect(run("console.log(native.maxRealtimePriority)")).toBe("99\n");
  });

  it("answers null with a reason where koffi is not there", () => {
    const hook = `export const resolve = (name, context, next) => {
      if (name === "koffi") throw new Error("no koffi");
      return next(name, context);
    }`;
    const register = `import { register } from "node:module"; register("data:text/javascript,${encodeURIComponent(hook)}");`;
    const loader = `data:text/javascript,${encodeURIComponent(register)}`;
    expect(run("console.log(native)", ["env", `NODE_OPTIONS=--import ${loader}`])).toBe(
      "failed: no koffi\nnull\n",
    );
  });
});

it.each(["platform", "arch"])(
  "loadNative answers null where the %s is one that it does not know",
  (field) => {
    const pretend = `Object.defineProperty(process, "${field}", { value: "other" });`;
    const again = `console.log(await loadNative((reason) => console.log(reason)));`;
    const place = field === "platform" ? `other on ${process.arch}` : "linux on other";
    expect(run(pretend + again)).toBe(`not made for ${place}\nnull\n`);
  },
);

describe("setRealtimePriority", () => {
  const policies = `readdirSync("/proc/self/task").map((id) => {
    const fields = readFileSync("/proc/self/task/" + id + "/stat", "latin1").split(") ")[1].split(" ");
    return fields[37] + "/" + fields[38];
  })`;

  it("puts every thread under SCHED_RR where that is allowed, and no child; says EPERM elsewhere", () => {
    const child = `spawnSync("cut", ["-d", " ", "-f", "41", "/proc/self/stat"], { encoding: "utf8" }).stdout.trim()`;
    const output = run(`
      const refused = attempt(() => native.setRealtimePriority(7));
      console.log(refused, [...new Set(${policies})].join(), ${child});`);
    expect(output).toBe(setsPriority ? "undefined 7/2 0\n" : "EPERM 0/0 0\n");
  });

  it("says EPERM without privileges", () => {
    expect(run("console.log(attempt(() => native.setRealtimePriority(1)))", UNPRIVILEGED)).toBe("EPERM\n");
  });
});

describe("lockProgramMemory", () => {
  const locked = `Number(/VmLck:\\s+(\\d+) kB/.exec(readFileSync("/proc/self/status", "latin1"))[1]) * 1024`;

  it("locks what is mapped from files, up to the limit; the heap goes on living", () => {
    const output = run(`
      const bytes = attempt(() => native.lockProgramMemory());
      let garbage = [];
      for (let i = 0; i < 3_000_000; i++) { garbage.push({ i }); if (i % 500_000 === 0) garbage = []; }
      console.log(JSON.stringify({ bytes, locked: ${locked} }));`);
    const { bytes, locked: lockedBytes } = JSON.parse(output);
    // With too low a limit some of it is locked nevertheless.
    expect(typeof bytes === "number" ? bytes : bytes === "ENOMEM" || bytes === "EPERM").toBeTruthy();
    if (typeof bytes === "number") expect(lockedBytes).toBeGreaterThan(10_000_000);
  });

  it("says so when the limit is too low", () => {
    const limited = ["prlimit", "--memlock=65536:65536", ...UNPRIVILEGED];
    expect(run("console.log(attempt(() => native.lockProgramMemory()))", limited)).toBe("ENOMEM\n");
    expect(run("console.log(attempt(() => native.liftMemoryLockLimit()))", limited)).toBe("EPERM\n");
  });
});

describe("lockRecord", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "corosync-native-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is refused while another process holds it, and free when that has closed the file", () => {
    const path = join(folder, "lock");
    writeFileSync(path, "");
    const take = `import("${ENTRY}").then(async ({ loadNative }) => {
      const { openSync } = await import("node:fs");
      console.log((await loadNative()).lockRecord(openSync(${JSON.stringify(path)}, "r+")));
    })`;
    const other = `spawnSync(process.execPath, ["--eval", ${JSON.stringify(take)}], { encoding: "utf8" }).stdout.trim()`;
    const output = run(`
      const descriptor = openSync(${JSON.stringify(path)}, "r+");
      console.log(native.lockRecord(descriptor), native.lockRecord(descriptor), ${other});
      closeSync(descriptor);
      console.log(${other});`);
    expect(output).toBe("true true false\ntrue\n");
  });

  it("throws for a descriptor that is not open for writing", () => {
    expect(run(`console.log(attempt(() => native.lockRecord(openSync("/etc/passwd", "r"))))`)).toBe(
      "EBADF\n",
    );
  });
});
