import type { IpAddress } from "./ip-address.ts";

/** `totem.transport` as configurations have it. */
export type Transport = "udpu" | "udp" | "knet";

/** Links that a cluster can have (INTERFACE_MAX). */
export const MAX_LINKS = 8;
/** Nodes that a cluster can have (PROCESSOR_COUNT_MAX). */
export const MAX_MEMBERS = 384;
export const DEFAULT_PORT = 5405;
export const DEFAULT_PING_PRECISION = 2048;
export const DEFAULT_PONG_COUNT = 2;

/** A node's address on a link. */
export interface LinkMember {
  readonly nodeId: number;
  readonly position: number;
  readonly address: IpAddress;
}

/** What the configuration says of one link, as it is put together. */
export class Link {
  configured = false;
  /** What decides the interface: `bindnetaddr`, which a nodelist overrides with the node's address. */
  bindAddress: IpAddress | null = null;
  localAddress: IpAddress | null = null;
  multicastAddress: IpAddress | null = null;
  port = 0;
  ttl = 0;
  knetTransport: "udp" | "sctp" = "udp";
  priority = 0;
  pingIntervalMs = 0;
  pingTimeoutMs = 0;
  pingPrecision = 0;
  pongCount = 0;
  members: LinkMember[] = [];

  constructor(readonly linkNumber: number) {}

  /** Values that were not given, or given as 0, of a link on which this node has an address. */
  fillDefaults(): void {
    this.priority ||= 1;
    this.pingPrecision ||= DEFAULT_PING_PRECISION;
    this.pongCount ||= DEFAULT_PONG_COUNT;
    this.port ||= DEFAULT_PORT + this.linkNumber;
  }
}

export function newLinks(): Link[] {
  return Array.from({ length: MAX_LINKS }, (_, linkNumber) => new Link(linkNumber));
}
