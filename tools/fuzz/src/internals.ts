import type { ByteSpan } from "@corosync/codec";
import type { ConfigurationChange, RingId, TotemBehaviour } from "@corosync/totem";

/**
 * Parts of packages that stand behind their public faces, to be fuzzed apart. They are loaded from where
 * the packages are built (from their sources under vitest), so that no face has to show them.
 */
const FROM_SOURCE = import.meta.url.endsWith(".ts");

async function part<T>(packageName: string, module: string): Promise<T> {
  const path = FROM_SOURCE ? `src/${module}.ts` : `dist/${module}.js`;
  const url = new URL(`../../../packages/${packageName}/${path}`, import.meta.url);
  return (await import(/* @vite-ignore */ url.href)) as T;
}

type Fault = (view: DataView, offset: number, length: number) => string | null;

interface WireModules {
  readonly header: { checkHeader(view: DataView, offset: number, length: number): number };
  readonly headerFault: { describeHeaderFault(fault: number, packet: ByteSpan): string };
  readonly orfToken: {
    readonly orfTokenFault: Fault;
    orfTokenLength(view: DataView, offset: number): number;
  };
  readonly mcast: { readonly mcastFault: Fault };
  readonly mergeDetect: {
    decodeMergeDetect(packet: ByteSpan): unknown;
    encodeMergeDetect(value: unknown): Uint8Array;
  };
  readonly join: { decodeJoin(packet: ByteSpan): unknown; encodeJoin(value: unknown): Uint8Array };
  readonly commitToken: {
    decodeCommitToken(packet: ByteSpan): unknown;
    encodeCommitToken(value: unknown, nodeId: number): Uint8Array;
  };
  readonly holdCancel: {
    decodeHoldCancel(packet: ByteSpan): unknown;
    encodeHoldCancel(nodeId: number, ringId: unknown): Uint8Array;
  };
}

export const wire: WireModules = {
  header: await part("totem", "wire/header"),
  headerFault: await part("totem", "wire/header-fault"),
  orfToken: await part("totem", "wire/orf-token"),
  mcast: await part("totem", "wire/mcast"),
  mergeDetect: await part("totem", "wire/merge-detect"),
  join: await part("totem", "wire/join"),
  commitToken: await part("totem", "wire/commit-token"),
  holdCancel: await part("totem", "wire/hold-cancel"),
};

interface RingPort {
  readonly waitingTransAck: boolean;
  wakeHeldToken(): void;
  acknowledgeTransition(): void;
  onTokenSent(work: () => void): () => void;
  malformed(from: string, reason: string): void;
}

/** The process-group layer without its ring. */
export interface GroupLayer {
  readonly maxMessageBytes: number;
  join(
    group: string,
    receiver: { deliver(nodeId: number, message: ByteSpan): void },
  ): { multicast(header: ByteSpan): boolean };
  acknowledgeTransition(): void;
  configurationChanged(change: ConfigurationChange): void;
  receive(nodeId: number, packet: ByteSpan): string | null;
  beginVisit(packets: number): void;
  nextPacket(target: Uint8Array, view: DataView, offset: number, limitBytes: number): number;
}

export const { TotemGroups } = await part<{
  TotemGroups: new (
    nodeId: number,
    ring: RingPort,
    transitions: "synchronized" | "immediate",
    behaviour: TotemBehaviour,
  ) => GroupLayer;
}>("totem", "group/totem-groups");

interface Inlet {
  take(bytes: Uint8Array, from: string): void;
}

export const { PacketInlet } = await part<{
  PacketInlet: new (
    members: readonly unknown[],
    envelope: unknown,
    receive: (packet: ByteSpan, from: string) => void,
    refused: (from: string, reason: string) => void,
  ) => Inlet;
}>("totem", "transport/packet-inlet");

interface Frames {
  readonly body: ByteSpan;
  readonly type: number;
  push(chunk: Uint8Array): void;
  peek(): boolean;
  advance(): void;
}

export const { FrameReader } = await part<{ FrameReader: new (maxBodyBytes: number) => Frames }>(
  "ipc",
  "frame-reader",
);

interface JoinlistEntry {
  readonly pid: number;
  readonly name: Uint8Array;
}

interface Downlist {
  readonly oldMembers: number;
  readonly left: readonly number[];
}

export const cpgRing = await part<{
  encodeDownlist(list: Downlist): Uint8Array;
  decodeDownlist(message: Uint8Array): Downlist;
  encodeJoinlist(entries: readonly JoinlistEntry[]): Uint8Array;
  decodeJoinlist(message: Uint8Array): JoinlistEntry[];
}>("cpg", "protocol/ring-messages");

export const sync = await part<{
  encodeBarrier(ringId: RingId): Uint8Array;
  encodeServiceBuild(ringId: RingId, services: readonly number[]): Uint8Array;
  decodeSyncMessage(message: ByteSpan): { readonly services?: readonly number[] } | null;
}>("executive", "sync-messages");
