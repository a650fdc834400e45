import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { daemonEntryPath } from "../src/index.ts";

/** What a daemon logs when its first ring is complete. */
export const READY = "Completed service synchronization, ready to provide service.";
/** Longest time for a test that starts daemons, in milliseconds. */
export const START_MS = 20_000;

/**
 * A corosync.conf with folders of its own, for a cluster of one on an address of its own. The daemon
 * finds itself in the nodelist by the machine's name.
 */
export class Sandbox {
  readonly path = mkdtempSync(join(tmpdir(), "corosync-daemon-"));
  readonly stateDirectory = join(this.path, "state");
  readonly configPath = join(this.path, "corosync.conf");
  readonly pidPath = join(this.path, "corosync.pid");
  readonly logPath = join(this.path, "corosync.log");
  readonly keyPath = join(this.path, "authkey");
  /** All of 127/8 is this machine. */
  readonly address = `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;

  constructor() {
    mkdirSync(this.stateDirectory);
    this.configure({});
  }

  /** Writes the configuration, with lines added to its sections or in place of the usual ones. */
  configure(parts: {
    totem?: string;
    nodes?: string;
    system?: string;
    logging?: string;
    more?: string;
  }): void {
    const system =
      parts.system ?? `state_dir: ${this.stateDirectory}\nipc_socket_dir: ${this.path}\nsched_rr: no`;
    const logging = parts.logging ?? `to_logfile: yes\nlogfile: ${this.logPath}`;
    writeFileSync(
      this.configPath,
      `totem {
version: 2
cluster_name: sandbox
${parts.totem ?? "transport: udpu"}
}
nodelist {
${parts.nodes ?? `node {\nnodeid: 1\nname: ${hostname()}\nring0_addr: ${this.address}\n}`}
}
system {
${system}
}
logging {
to_syslog: no
timestamp: off
${logging}
}
${parts.more ?? ""}
`,
    );
  }

  /** Writes a new key where `keyfile: KEYPATH` finds it, readable for its owner alone. */
  makeKey(): void {
    writeFileSync(this.keyPath, randomBytes(256), { mode: 0o400 });
  }

  /** Arguments that use this sandbox alone. */
  get words(): string[] {
    return ["-c", this.configPath, "-l", this.pidPath];
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/**
 * Two nodes on one network of loopback addresses.
 * @param totem lines of each node's totem section
 */
export function twoNodes(totem: (node: Sandbox) => string, logging?: string): readonly [Sandbox, Sandbox] {
  const pair = [new Sandbox(), new Sandbox()] as const;
  const network = pair[0].address.replace(/\d+$/, "");
  for (const [index, sandbox] of pair.entries()) {
    const nodes = [1, 2].map((id) => {
      // A daemon finds itself by the machine's name.
      const name = id === index + 1 ? hostname() : `peer${id}.invalid`;
      return `node {\nnodeid: ${id}\nname: ${name}\nring0_addr: ${network}${id}\n}`;
    });
    const more = logging === undefined ? {} : { logging };
    sandbox.configure({ totem: totem(sandbox), nodes: nodes.join("\n"), ...more });
  }
  return pair;
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The daemon as a process, with what it prints. */
export class DaemonProcess {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
  #stdout = "";
  #stderr = "";
  #waiting: (() => void)[] = [];

  constructor(words: readonly string[], environment: Record<string, string> = {}) {
    this.child = spawn(process.execPath, [daemonEntryPath, ...words], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    this.child.stdout!.on("data", (chunk: Buffer) => {
      this.#stdout += chunk.toString();
    });
    this.child.stderr!.on("data", (chunk: Buffer) => {
      this.#stderr += chunk.toString();
      for (const look of this.#waiting) look();
    });
    this.outcome = new Promise((resolve) => {
      this.child.once("close", (code) => {
        resolve({ code, stdout: this.#stdout, stderr: this.#stderr });
        for (const look of this.#waiting) look();
      });
    });
  }

  /** Resolves once the log on stderr contains the text; rejects when the daemon ends without it. */
  logged(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.#stderr.includes(text)) resolve();
        else if (this.child.exitCode !== null) reject(new Error(`no "${text}" in:\n${this.#stderr}`));
        else return;
        this.#waiting = this.#waiting.filter((one) => one !== look);
      };
      this.#waiting.push(look);
      look();
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

/** Runs the daemon to its end. */
export function runDaemon(words: readonly string[], environment?: Record<string, string>): Promise<Outcome> {
  return new DaemonProcess(words, environment).outcome;
}
