export type {
  ConfigurationChange,
  GroupReceiver,
  ProcessGroups,
  QueueLevel,
  RingId,
  TotemGroup,
} from "./process-group.ts";
