export {
  type OpenTotem,
  type OpenTotemOptions,
  openTotem,
  type TransportChoice,
  type UdpChoice,
} from "./open-totem.ts";
export type {
  ConfigurationChange,
  GroupReceiver,
  ProcessGroups,
  QueueLevel,
  RingId,
  TotemGroup,
} from "./process-group.ts";
export type { RingCounters } from "./ring/counters.ts";
export type { LogLevel } from "./ring/environment.ts";
export type { PacketBatch } from "./ring/packet-batch.ts";
export type { MembershipState } from "./ring/ring-core.ts";
export { type TotemConfig, type TotemSettings, totemConfig } from "./ring/totem-config.ts";
export { RingIdFile, RingIdFileError } from "./ring-id-file.ts";
export { Totem, type TotemEnvironment } from "./totem.ts";
export type { Member } from "./transport/transport.ts";
export { formatRingId, sameRing } from "./wire/ring-id-field.ts";
