import { array, type ByteSpan, CodecError, i32, struct, u32, u64 } from "@corosync/codec";
import { requestHeader } from "@corosync/service";
import type { RingId } from "@corosync/totem";

// Messages of the group `sync` (spec services-cpg-sam 2.1). Their ids are bare function numbers.

const SYNC_MESSAGE_ID = { barrier: 0, serviceBuild: 1 } as const;

/** Entries that a service build has room for. */
const MAX_LISTED_SERVICES = 128;

const ringIdField = struct("ring id", 12, { representative: [0, u32], sequence: [4, u64] });

const barrierLayout = struct("sync barrier", 32, { ringId: [16, ringIdField] });

const serviceBuildLayout = struct("sync service build", 552, {
  ringId: [16, ringIdField],
  count: [32, i32],
  services: [40, array(i32, MAX_LISTED_SERVICES)],
});

/** "I am done with this service's round"; which one follows from the order. */
export function encodeBarrier(ringId: RingId): Uint8Array {
  const bytes = barrierLayout.encode({ ringId });
  requestHeader.encodeInto({ id: SYNC_MESSAGE_ID.barrier, size: bytes.length }, bytes);
  return bytes;
}

/** "These are my services that synchronize", ids ascending. */
export function encodeServiceBuild(ringId: RingId, services: readonly number[]): Uint8Array {
  const bytes = serviceBuildLayout.encode({ ringId, count: services.length, services: [...services] });
  requestHeader.encodeInto({ id: SYNC_MESSAGE_ID.serviceBuild, size: bytes.length }, bytes);
  return bytes;
}

export type SyncMessage =
  | { readonly kind: "barrier"; readonly ringId: RingId }
  | { readonly kind: "serviceBuild"; readonly ringId: RingId; readonly services: readonly number[] };

/**
 * Reads either message; null for one of another kind.
 * @throws CodecError when it is short or lists more services than there can be
 */
export function decodeSyncMessage(message: ByteSpan): SyncMessage | null {
  const bytes = message.subarray();
  const { id } = requestHeader.decode(bytes);
  if (id === SYNC_MESSAGE_ID.barrier) return { kind: "barrier", ringId: barrierLayout.decode(bytes).ringId };
  if (id !== SYNC_MESSAGE_ID.serviceBuild) return null;
  const { ringId, count, services } = serviceBuildLayout.decode(bytes);
  if (count < 0 || count > MAX_LISTED_SERVICES)
    throw new CodecError("sync service build", "count", `${count} is not in 0..${MAX_LISTED_SERVICES}`);
  return { kind: "serviceBuild", ringId, services: services.slice(0, count) };
}
