import { type ParseResult, parseSync, Visitor } from "oxc-parser";

/** One place in a source file that names another module. */
export interface ModuleRequest {
  /** The specifier as written, such as `@corosync/codec` or `./ring.ts`. */
  readonly specifier: string;
  /** Counted from 1. */
  readonly line: number;
}

/** The text is not TypeScript or JavaScript. */
export class SourceError extends Error {
  override readonly name = "SourceError";

  /** @param line where the parser gave up, counted from 1 */
  constructor(
    readonly line: number,
    reason: string,
  ) {
    super(reason);
  }
}

/**
 * Finds every module that a source file names with a literal: `import`, `export … from`, `import()`,
 * `import x = require()`, `require()`, `require.resolve()`, `import.meta.resolve()`, types written
 * `import("x").T`, and the mocks of vitest. A specifier computed at run time cannot be judged here.
 *
 * @param fileName decides the language by its ending
 * @throws SourceError when the text does not parse
 */
export function moduleRequests(fileName: string, text: string): ModuleRequest[] {
  const result = parseSync(fileName, text);
  const lineOf = lineFinder(text);
  const error = result.errors[0];
  if (error !== undefined) {
    throw new SourceError(lineOf(error.labels[0]?.start ?? 0), error.message);
  }
  const found: Array<{ specifier: string; start: number }> = [];
  collectStatic(result, found);
  collectExpressions(result, found);
  return found
    .sort((left, right) => left.start - right.start)
    .map(({ specifier, start }) => ({ specifier, line: lineOf(start) }));
}

type Found = Array<{ specifier: string; start: number }>;

function collectStatic(result: ParseResult, found: Found): void {
  for (const { moduleRequest } of result.module.staticImports) {
    found.push({ specifier: moduleRequest.value, start: moduleRequest.start });
  }
  for (const { entries } of result.module.staticExports) {
    // `export { a, b } from "x"` has an entry per name and one specifier: the first speaks for all.
    const request = entries.find((entry) => entry.moduleRequest !== null)?.moduleRequest;
    if (request) found.push({ specifier: request.value, start: request.start });
  }
}

/** Functions whose first argument is a module specifier. */
const requestingCalls = new Set([
  "require",
  "require.resolve",
  "import.meta.resolve",
  "vi.mock",
  "vi.doMock",
  "vi.importActual",
  "vi.importMock",
]);

function collectExpressions(result: ParseResult, found: Found): void {
  const add = (node: Node | undefined | null): void => {
    const specifier = node ? literalText(node) : undefined;
    if (node && specifier !== undefined) found.push({ specifier, start: node.start });
  };
  const visitor = new Visitor({
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
    TSExternalModuleReference: (node) => add(node.expression),
    CallExpression: (node) => {
      if (requestingCalls.has(calleeName(node.callee))) add(node.arguments[0]);
    },
  });
  visitor.visit(result.program);
}

interface Node {
  readonly type: string;
  readonly start: number;
}

/** The text of a string literal or of a template without holes; undefined for anything computed. */
function literalText(node: Node): string | undefined {
  if (node.type === "Literal" && "value" in node && typeof node.value === "string") return node.value;
  if (node.type !== "TemplateLiteral" || !("quasis" in node) || !Array.isArray(node.quasis)) return undefined;
  const [only, ...more] = node.quasis as Array<{ value: { cooked: string | null } }>;
  return more.length === 0 ? (only?.value.cooked ?? undefined) : undefined;
}

/** `a.b.c` for a plain chain of names, the empty string for any other callee. */
function calleeName(node: Node): string {
  if (node.type === "Identifier" && "name" in node) return String(node.name);
  if (node.type === "MetaProperty") return "import.meta";
  if (node.type !== "MemberExpression" || !("object" in node) || !("property" in node)) return "";
  const property = node.property as Node;
  if (property.type !== "Identifier" || !("name" in property)) return "";
  return `${calleeName(node.object as Node)}.${String(property.name)}`;
}

/** @returns a function from an offset in the text to its line, counted from 1 */
function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}
