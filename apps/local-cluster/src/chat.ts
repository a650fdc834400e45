import {
  type ChangeReason,
  type CpgEvent,
  type CpgGroup,
  type CpgMembership,
  connect,
} from "@corosync/client";
import type { NodePlace } from "./cluster-configuration.ts";

const GROUP = "chat";
const decoder = new TextDecoder();

/** The ring as a node sees it. */
export interface RingView {
  /** `representative.sequence`, in hexadecimal as the daemons log it. */
  readonly id: string;
  readonly members: readonly number[];
}

/** What one node's member of the group is told, in the group's one order. */
export interface ChatEvents {
  message(from: number, text: string): void;
  /** @param nodes nodes that are in the group. @param reason what happened: `node 3 left` */
  membership(nodes: readonly number[], reason: string): void;
  ring(ring: RingView): void;
  /** The daemon or the connection to it is gone. */
  disconnected(): void;
}

/** A client of one node's daemon that is in the group. */
export interface Chat {
  /** Resolves when the daemon has taken the message. */
  say(text: string): Promise<void>;
  /** Leaves the group and closes the connection. */
  close(): Promise<void>;
}

/** Connects to the daemon of a node and joins the group. @throws CsError when the daemon refuses */
export async function joinChat(place: NodePlace, events: ChatEvents): Promise<Chat> {
  const cluster = await connect({ socketDirectory: place.socketDirectory });
  const group = await cluster.cpg.join(GROUP);
  const reading = read(group, events);
  return {
    say: (text) => group.multicast(new TextEncoder().encode(text)),
    close: async () => {
      await group.leave().catch(() => group.close());
      await reading;
      await cluster.close();
    },
  };
}

async function read(group: CpgGroup, events: ChatEvents): Promise<void> {
  try {
    for await (const event of group) tell(event, events);
  } catch {
    // The daemon has died; its end is reported where the processes are watched.
  }
  events.disconnected();
}

function tell(event: CpgEvent, events: ChatEvents): void {
  if (event.type === "message") {
    events.message(event.nodeId, decoder.decode(event.data));
  } else if (event.type === "membership") {
    events.membership(
      event.members.map(({ nodeId }) => nodeId),
      membershipReason(event),
    );
  } else {
    const { representative, sequence } = event.ringId;
    events.ring({ id: `${representative.toString(16)}.${sequence.toString(16)}`, members: event.members });
  }
}

const REASON_WORDS: Readonly<Partial<Record<ChangeReason, string>>> = {
  join: "joined",
  leave: "left",
  nodeDown: "is gone: its node went down",
  nodeUp: "is here: its node came up",
  procDown: "is gone: its process ended",
};

/** `node 2 joined, node 3 left` */
export function membershipReason({ joined, left }: Pick<CpgMembership, "joined" | "left">): string {
  const changes = [...joined, ...left].map(
    ({ nodeId, reason }) => `node ${nodeId} ${REASON_WORDS[reason] ?? reason}`,
  );
  return changes.join(", ");
}
