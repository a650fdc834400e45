import { readFileSync } from "node:fs";

const vectors = new URL("./vectors/", import.meta.url);
export function readVector(name) {
  return JSON.parse(readFileSync(new URL(name, vectors), "utf8"));
}
export const configCases = readVector("config-cases.json").cases;
/** The files of a case under the names that they had. */
export function caseFiles({ file, other_files }) {
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
  userId: (name) => ({ daemon: 1 })[name] ?? null,
  groupId: (name) => ({ daemon: 1 })[name] ?? null,
};
//# sourceMappingURL=config-cases.js.map
