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
  readonly test: {
    readonly exit: number;
    readonly stderr: string;
  };
  /** What a real start did, where one was made. */
  readonly start?: {
    readonly exit: number;
    readonly log_beyond_baseline: readonly string[];
    readonly cmap: readonly string[] | null;
  };
}
export declare function readVector<T>(name: string): T;
export declare const configCases: readonly ConfigCase[];
/** The files of a case under the names that they had. */
export declare function caseFiles({ file, other_files }: ConfigCase): ConfigurationFiles;
/** Users and groups of the recording host that the cases name. */
export declare const caseAccounts: {
  userId: (name: string) => number | null;
  groupId: (name: string) => number | null;
};
//# sourceMappingURL=config-cases.d.ts.map
