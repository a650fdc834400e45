import { requireDistinctAddresses } from "../member-list.ts";
import type { LogLevel } from "../ring/environment.ts";
import type { TotemSettings } from "../ring/totem-config.ts";
import { RingIdFile } from "../ring-id-file.ts";
import { openTotemOnTransport } from "../totem-on-transport.ts";
import type { RingTransport } from "../transport/ring-transport.ts";
import type { Member } from "../transport/transport.ts";
import { abortable } from "./abortable.ts";
import { checkQueuedBytes } from "./event-queue.ts";
import { JoinedRing } from "./joined-ring.ts";
import { RingError } from "./ring-error.ts";
import { ringConfig } from "./ring-settings.ts";

/** What `createRing` needs to know. */
export interface CreateRingOptions {
  /** This node: 1 to 2^32 - 1, unique. */
  readonly nodeId: number;
  /** All nodes that may be in the ring, this one included: at most 384, each with an address of its own. */
  readonly members: readonly Member[];
  readonly transport: RingTransport;
  /** Timeouts, window and so on; Corosync's defaults for the rest. */
  readonly settings?: TotemSettings;
  /**
   * Where the last ring's sequence is kept, so that none is used twice. Without it sequences begin at
   * the milliseconds of the wall clock, and that clock must not be set back between two runs.
   */
  readonly ringIdDirectory?: string;
  /**
   * Bytes of events that may wait to be iterated. A ring waits for nobody: a node that falls further
   * behind leaves it, and its iteration throws once what waits is taken. Default 64 MiB.
   */
  readonly maxQueuedBytes?: number;
  /** Ends the wait for the first ring. */
  readonly signal?: AbortSignal;
  /** Takes what happens to the ring, in Corosync's words. */
  readonly log?: (level: LogLevel, text: string) => void;
}

/**
 * Joins or forms a ring, without a daemon: ordered, reliable multicast with membership among
 * processes. Resolves when the first ring, perhaps of this node alone, is formed. All members must
 * use `createRing`: nothing here answers the services of a Corosync daemon.
 *
 * @throws RangeError for a wrong option, RingIdFileError, the transport's error when it can not be
 *   opened, or the signal's reason
 */
export async function createRing(options: CreateRingOptions): Promise<JoinedRing> {
  const { nodeId, members, settings = {}, transport, signal, ringIdDirectory } = options;
  signal?.throwIfAborted();
  if (options.maxQueuedBytes !== undefined) checkQueuedBytes(options.maxQueuedBytes);
  requireDistinctAddresses(members);
  const log = options.log ?? (() => undefined);
  const ringIdFile = ringIdDirectory === undefined ? null : new RingIdFile(ringIdDirectory, nodeId);
  const storedSequence = ringIdFile?.load() ?? Date.now();
  const running = await openTotemOnTransport({
    nodeId,
    members,
    config: ringConfig(members.length, settings),
    transitions: "immediate",
    transport,
    storeRingSequence: (sequence) => ringIdFile?.store(sequence),
    log,
    onFatal: (error) => ring.fail(new RingError("CS_ERR_LIBRARY", error.message, { cause: error })),
  });
  const ring = new JoinedRing(running, members.length, settings, options.maxQueuedBytes);
  const formed = ring.formed();
  running.totem.start(storedSequence);
  try {
    await abortable(formed, signal);
  } catch (error) {
    await ring.leave();
    throw error;
  }
  return ring;
}
