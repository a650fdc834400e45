import type { NetworkConditions } from "./network-conditions.ts";

/** One fault of a run, known before it begins, so that a run can be repeated without some of them. */
export type Fault = { readonly atMs: number } & (
  | {
      /** Only nodes of one side hear each other; those that are on none are on one together. */
      readonly kind: "partition";
      readonly sides: readonly (readonly number[])[];
      readonly forMs: number;
    }
  | {
      /** Nothing arrives in this direction. */
      readonly kind: "cut";
      readonly from: readonly number[];
      readonly to: readonly number[];
      readonly forMs: number;
    }
  /** The network is like this for a while; what is not given stays as it is. */
  | ({ readonly kind: "network"; readonly forMs: number } & Partial<NetworkConditions>)
  /** Nothing happens on the node, then everything at once. */
  | { readonly kind: "pause"; readonly node: number; readonly forMs: number }
  /** Each packet keeps the node busy. */
  | { readonly kind: "slow"; readonly node: number; readonly packetMs: number; readonly forMs: number }
  /** The node's clock runs at this rate. */
  | { readonly kind: "clock"; readonly node: number; readonly rate: number; readonly forMs: number }
  /** The node's sends fail, or wait until it is over. */
  | { readonly kind: "full"; readonly node: number; readonly refuses: boolean; readonly forMs: number }
  /** The node dies and starts again later; `forgets`: without its ring-id file. */
  | { readonly kind: "crash"; readonly node: number; readonly forgets: boolean; readonly forMs: number }
  /** The node leaves in order and starts again later. */
  | { readonly kind: "leave"; readonly node: number; readonly forMs: number }
);

export type FaultKind = Fault["kind"];

export function describeFault({ kind, atMs: _, ...rest }: Fault): string {
  const details = Object.entries(rest).map(([name, value]) => `${name} ${describe(value)}`);
  return [kind, ...details].join("  ");
}

function describe(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toFixed(3)));
  if (!Array.isArray(value)) return String(value);
  return value.map((part) => (Array.isArray(part) ? part.join("+") : String(part))).join(" ") || "nobody";
}
