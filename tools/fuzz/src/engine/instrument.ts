import { parseSync } from "oxc-parser";
import { COUNTERS_KEY } from "./branch-counters.ts";

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [child: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

/** Text to put in at an offset of the source. Of two at one place, the one added first comes first. */
interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * Puts a counter at the beginning of every branch of a module: function bodies, both sides of `if`
 * (an absent `else` too) and `?:`, right sides of `&&`, `||` and `??`, loop bodies, cases, and catches.
 *
 * @returns JavaScript with the same lines as before
 * @throws SyntaxError when the source does not parse
 */
export function instrument(source: string, file: string): string {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new SyntaxError(`${file}: ${errors[0]!.message}`);
  const instrumenter = new Instrumenter(source);
  instrumenter.visit(program as unknown as Node);
  return instrumenter.finish(file);
}

class Instrumenter {
  readonly #insertions: Insertion[] = [];
  readonly #places: [line: number, column: number][] = [];
  readonly #lineStarts = [0];

  constructor(readonly source: string) {
    for (let i = source.indexOf("\n"); i >= 0; i = source.indexOf("\n", i + 1)) this.#lineStarts.push(i + 1);
  }

  visit(node: Node): void {
    switch (node.type) {
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        this.#children(node, { body: (body) => this.#branch(body) });
        return;
      case "IfStatement":
        this.#children(node, { consequent: (b) => this.#branch(b), alternate: (b) => this.#branch(b) });
        if (!isNode(node["alternate"])) this.#insert(node.end, ` else {${this.#count(node.end)};}`);
        return;
      case "ConditionalExpression":
        this.#children(node, { consequent: (b) => this.#branch(b), alternate: (b) => this.#branch(b) });
        return;
      case "LogicalExpression":
        this.#children(node, { right: (right) => this.#branch(right) });
        return;
      case "ForStatement":
      case "ForOfStatement":
      case "ForInStatement":
      case "WhileStatement":
      case "DoWhileStatement":
      case "CatchClause":
        this.#children(node, { body: (body) => this.#branch(body) });
        return;
      case "SwitchCase": {
        const first = (node["consequent"] as Node[])[0];
        if (first) this.#insert(first.start, `${this.#count(first.start)};`);
        this.#children(node, {});
        return;
      }
      default:
        this.#children(node, {});
    }
  }

  finish(file: string): string {
    const prelude =
      `const $counters=globalThis.${COUNTERS_KEY},$hits=$counters.hits,` +
      `$first=$counters.announce(${JSON.stringify(file)},${JSON.stringify(this.#places)});`;
    const sorted = this.#insertions
      .map((insertion, order) => ({ ...insertion, order }))
      .sort((a, b) => a.at - b.at || a.order - b.order);
    let text = prelude;
    let done = 0;
    for (const { at, text: inserted } of sorted) {
      text += this.source.slice(done, at) + inserted;
      done = at;
    }
    return text + this.source.slice(done);
  }

  /** Visits the children, those named in `special` by their own way. */
  #children(node: Node, special: Readonly<Record<string, (child: Node) => void>>): void {
    for (const [key, value] of Object.entries(node)) {
      const visit = special[key] ?? ((child: Node) => this.visit(child));
      if (isNode(value)) visit(value);
      else if (Array.isArray(value)) for (const item of value) if (isNode(item)) this.visit(item);
    }
  }

  /** A block, another statement, or an expression that is run or not. */
  #branch(node: Node): void {
    if (node.type === "BlockStatement") {
      this.#insert(node.start + 1, `${this.#count(node.start)};`);
      this.visit(node);
    } else if (node.type.endsWith("Statement")) {
      this.#insert(node.start, `{${this.#count(node.start)};`);
      this.visit(node);
      this.#insert(node.end, "}");
    } else {
      this.#insert(node.start, `(${this.#count(node.start)},(`);
      this.visit(node);
      this.#insert(node.end, "))");
    }
  }

  #insert(at: number, text: string): void {
    this.#insertions.push({ at, text });
  }

  #count(at: number): string {
    let line = 0;
    for (let low = 0, high = this.#lineStarts.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.#lineStarts[middle]! <= at) {
        line = middle;
        low = middle + 1;
      } else high = middle;
    }
    this.#places.push([line + 1, at - this.#lineStarts[line]! + 1]);
    return `$hits[$first+${this.#places.length - 1}]++`;
  }
}
