import { readFileSync } from "node:fs";
import type { ConfigurationFiles } from "../src/index.ts";

/** What the C daemon did with one file, as recorded. */
export interface ConfigCase {
  readonly id: string;
  readonly what: string;
  /** Path of the file below the vectors. */
  readonly file: string;
  readonly hostname: string;
  /** Files beside corosync.conf. */
  readonly other_files?: Readonly<Record<string, string>>;
  /** What `corosync -t` did. */
  readonly test: { readonly exit: number; readonly stderr: string };
  /** What a real start did, where one was made. */
  readonly start?: {
    readonly exit: number;
    readonly log_beyond_baseline: readonly string[];
    readonly cmap: readonly string[] | null;
  };
}

const vectors = new URL("./vectors/", import.meta.url);

export function readVector<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, vectors), "utf8")) as T;
}

export const configCases = readVector<{ cases: readonly ConfigCase[] }>("config-cases.json").cases;

/** The files of a case under the names that they had. */
export function caseFiles({ file, other_files }: ConfigCase): ConfigurationFiles {
  const uidgid = Object.entries(other_files ?? {}).filter(([name]) => name.startsWith("uidgid.d/"));
  return {
    main: { path: "/etc/corosync/corosync.conf", content: readFileSync(new URL(file, vectors)) },
    uidgid: uidgid.map(([name, text]) => {
      return { path: `/etc/corosync/${name}`, content: new TextEncoder().encode(text) };
    }),
  };
}

/** Users and groups of the recording host that the cases name. */
export const caseAccounts = {
  userId: (name: string) => ({ daemon: 1 })[name] ?? null,
  groupId: (name: string) => ({ daemon: 1 })[name] ?? null,
};
