export { type CreateRingOptions, createRing } from "./create-ring/create-ring.ts";
export { JoinedRing } from "./create-ring/joined-ring.ts";
export { createMemoryNetwork, type MemoryNetwork } from "./create-ring/memory-network.ts";
export { RingError, type RingErrorCode } from "./create-ring/ring-error.ts";
export type { RingEvent, RingEvents, RingMembership, RingMessage } from "./create-ring/ring-event.ts";
export type { GroupCounters } from "./group/totem-groups.ts";
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
export { C_TOTEM_BEHAVIOUR, TOTEM_BEHAVIOUR, type TotemBehaviour } from "./totem-behaviour.ts";
export type { TotemObservation, TotemSizes } from "./totem-observation.ts";
export {
  type OpenedTransport,
  type RingTransport,
  type RingTransportInput,
  type UdpTransportSettings,
  type UdpuTransportSettings,
  udp,
  udpu,
} from "./transport/ring-transport.ts";
export type { Member, PacketReceiver, Transport } from "./transport/transport.ts";
export { formatRingId, sameRing } from "./wire/ring-id-field.ts";
