import { fileURLToPath } from "node:url";
import { instrument } from "./instrument.ts";

/** What Node's module loader asks for; the parts of it that are used here. */
interface Loaded {
  readonly format: string;
  readonly source: unknown;
}

const INSTRUMENTED = /\/packages\/(codec|crypto|totem|ipc|cpg|service|executive)\/dist\/.+\.js$/;

/** Module hook of Node: counters for the branches of the packages, and nothing else. */
export async function load(
  url: string,
  context: object,
  nextLoad: (url: string, context: object) => Promise<Loaded>,
): Promise<Loaded> {
  const loaded = await nextLoad(url, context);
  if (loaded.format !== "module" || !INSTRUMENTED.test(url)) return loaded;
  const source = Buffer.from(loaded.source as Uint8Array).toString("utf8");
  const file = fileURLToPath(url).replace(/^.*\/packages\//, "packages/");
  return { ...loaded, source: instrument(source, file) };
}
