import { ByteSpan } from "@corosync/codec";
import { TotemGroups } from "../../src/group/totem-groups.ts";
import { TOTEM_BEHAVIOUR, type TotemBehaviour } from "../../src/index.ts";

/** Largest totempg packet with the default netmtu. */
const NET_MTU_BYTES = 1410;

/** The process-group layer of one node over a ring that a test plays. */
export class GroupEnd {
  readonly groups: TotemGroups;
  readonly delivered: string[] = [];
  readonly malformed: string[] = [];
  woken = 0;
  private waitingTransAck = true;
  private readonly group;

  constructor(nodeId: number, behaviour: TotemBehaviour = TOTEM_BEHAVIOUR, group = "a") {
    const end = this;
    this.groups = new TotemGroups(
      nodeId,
      {
        get waitingTransAck() {
          return end.waitingTransAck;
        },
        netMtuBytes: NET_MTU_BYTES,
        wakeHeldToken: () => {
          end.woken++;
        },
        acknowledgeTransition: () => {
          end.waitingTransAck = false;
        },
        onTokenSent: () => () => undefined,
        malformed: (_, reason) => end.malformed.push(reason),
      },
      "synchronized",
      behaviour,
    );
    this.group = this.groups.join(group, {
      deliver: (_, message) => this.delivered.push(Buffer.from(message.copy()).toString("latin1")),
    });
  }

  send(text: string): boolean {
    return this.group.multicast(new ByteSpan(Buffer.from(text, "latin1")));
  }

  /** A configuration change as the ring reports it: queues switch at the transitional one. */
  change(kind: "transitional" | "regular", left: readonly number[] = []): this {
    this.groups.configurationChanged({
      kind,
      members: [1, 2],
      left,
      joined: [],
      ringId: { representative: 1, sequence: 5 },
    });
    if (kind === "transitional") this.waitingTransAck = true;
    return this;
  }

  /** Packets of a token visit that may take `allowed`. */
  visit(allowed = 17): ByteSpan[] {
    const packets: ByteSpan[] = [];
    this.groups.beginVisit(allowed);
    while (packets.length < allowed) {
      const bytes = new Uint8Array(NET_MTU_BYTES);
      const length = this.groups.nextPacket(bytes, new DataView(bytes.buffer), 0, NET_MTU_BYTES);
      if (length === 0) break;
      packets.push(new ByteSpan(bytes.subarray(0, length)));
    }
    return packets;
  }
}
