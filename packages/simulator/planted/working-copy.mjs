// @ts-check
import { spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CPU_SECONDS_MAX } from "./budget.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(dirname(here)));
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");

/** Packages that a simulation consists of: the simulator and all that it needs. */
const PACKAGES = withDependencies("simulator");

/** A built copy of the packages, in which one fault at a time stands. */
export class WorkingCopy {
  /** @param {string} path */
  constructor(path) {
    this.path = path;
  }

  /** @returns {Promise<WorkingCopy>} of the sources as they are, compiled */
  static async build() {
    const copy = new WorkingCopy(mkdtempSync(join(tmpdir(), "planted-")));
    for (const name of PACKAGES)
      cpSync(join(root, "packages", name), join(copy.path, "packages", name), {
        recursive: true,
        filter: (path) => !/[/\\](node_modules|\.turbo|dist|test|planted)$/.test(path),
      });
    cpSync(join(root, "tsconfig.base.json"), join(copy.path, "tsconfig.base.json"));
    copy.#link();
    const { status, output } = await run([compiler, "-b", "packages/simulator"], copy.path);
    if (status !== 0) throw new Error(`the sources do not compile:\n${output}`);
    return copy;
  }

  /** @returns {WorkingCopy} */
  duplicate() {
    const copy = new WorkingCopy(mkdtempSync(join(tmpdir(), "planted-")));
    for (const name of ["packages", "tsconfig.base.json"])
      cpSync(join(this.path, name), join(copy.path, name), { recursive: true });
    copy.#link();
    return copy;
  }

  remove() {
    rmSync(this.path, { recursive: true, force: true });
  }

  #link() {
    const modules = join(this.path, "node_modules");
    mkdirSync(join(modules, "@corosync"), { recursive: true });
    for (const name of readdirSync(join(root, "node_modules")))
      if (name !== "@corosync") symlinkSync(join(root, "node_modules", name), join(modules, name));
    for (const name of PACKAGES)
      symlinkSync(join(this.path, "packages", name), join(modules, "@corosync", name));
  }

  /**
   * Plants a fault, runs the trials, and takes the fault out again.
   *
   * @param {import("./faults.mjs").PlantedFault} fault
   * @returns {Promise<{ trial: import("./budget.mjs").Trial | null, finding: string | null }>}
   */
  async try({ name, file, from, to }) {
    const path = join(this.path, "packages", file);
    const sound = readFileSync(path, "utf8");
    if (sound.split(from).length !== 2)
      throw new Error(`${name}: its text does not stand exactly once in ${file}`);
    writeFileSync(
      path,
      sound.replace(from, () => to),
    );
    try {
      await this.#compile(file);
      return await this.#trials();
    } finally {
      writeFileSync(path, sound);
      await this.#compile(file);
    }
  }

  /**
   * Only the package that the file is in. Types may be at odds with a fault, so they are not checked.
   *
   * @param {string} file
   */
  async #compile(file) {
    const project = `packages/${file.slice(0, file.indexOf("/"))}`;
    const { status, output } = await run([compiler, "-p", project, "--noCheck"], this.path);
    if (status !== 0) throw new Error(`${file} does not compile:\n${output}`);
  }

  async #trials() {
    const simulator = join(this.path, "packages", "simulator", "dist", "index.js");
    const { status, output } = await run([join(here, "trial.mjs"), simulator], this.path, CPU_SECONDS_MAX);
    if (status === null || status > 128) return { trial: null, finding: "hangs" };
    if (status !== 0)
      return { trial: null, finding: `ends the process: ${output.trim().split("\n").at(-1)}` };
    return JSON.parse(output.trim().split("\n").at(-1) ?? "") ?? { trial: null, finding: null };
  }
}

/**
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {number} [cpuSeconds] after which it is killed
 * @returns {Promise<{ status: number | null, output: string }>}
 */
function run(args, cwd, cpuSeconds) {
  // Time that passes says nothing on a busy machine.
  const limit = cpuSeconds === undefined ? "" : `ulimit -t ${cpuSeconds}; `;
  return new Promise((resolve, reject) => {
    const child = spawn("/bin/sh", ["-c", `${limit}exec "$@"`, "sh", process.execPath, ...args], { cwd });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
        output += text;
      });
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output }));
  });
}

/**
 * @param {string} name below packages/
 * @returns {string[]} the package and those that it depends on
 */
function withDependencies(name) {
  const found = new Set([name]);
  for (const each of found) {
    const { dependencies = {} } = JSON.parse(
      readFileSync(join(root, "packages", each, "package.json"), "utf8"),
    );
    for (const dependency of Object.keys(dependencies))
      if (dependency.startsWith("@corosync/")) found.add(dependency.slice("@corosync/".length));
  }
  return [...found];
}
