export type {
  ChangeReason,
  CpgChange,
  CpgConfiguration,
  CpgEvent,
  CpgGroup,
  CpgGroupOptions,
  CpgMember,
  CpgMembership,
  CpgMessage,
  CpgReceiver,
  GroupEntry,
  GroupName,
} from "@corosync/cpg";
export { CsError, type CsErrorCode, type CsErrorName } from "@corosync/service";
export { type Cluster, type ConnectOptions, connect, type OpenConnection } from "./connect.ts";
export type { Cpg, CpgJoinOptions, GroupListOptions } from "./cpg.ts";
