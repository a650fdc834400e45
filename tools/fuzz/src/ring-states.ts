import { holds } from "./target.ts";
import { type RingNode, VirtualRing } from "./virtual-ring.ts";

/** A node that is about to be fed hostile packets. */
export interface Subject {
  readonly ring: VirtualRing;
  readonly node: RingNode;
}

export const MEMBERSHIP_STATES = ["operational", "gather", "commit", "recovery"] as const;
export type StateName = (typeof MEMBERSHIP_STATES)[number];

export const CONFIGURED = [1, 2, 3];

const MCAST_HEADER_BYTES = 45;

interface Received {
  readonly atMs: number;
  readonly packet: Uint8Array;
  readonly from: string;
}

/** How a node came into a state: what it sent itself, and what it received of a peer that is gone now. */
interface Recording {
  readonly nodeId: number;
  readonly messages: number;
  readonly received: readonly Received[];
}

const recordings = new Map<string, Recording>();

/**
 * A node in that state, as it has been with a peer before the peer fell silent. Representatives are node
 * 1, others node 2. In RECOVERY it holds messages of its old ring that the peer missed.
 */
export function nodeIn(state: StateName, representative: boolean): Subject {
  const key = `${state} ${representative}`;
  let recording = recordings.get(key);
  if (recording === undefined) {
    recording = record(state, representative ? 1 : 2);
    recordings.set(key, recording);
  }
  return replay(recording);
}

/** Everything that the peer sent in such a recording: valid packets to begin with. */
export function recordedPackets(state: StateName, representative: boolean): Uint8Array[] {
  nodeIn(state, representative);
  return recordings.get(`${state} ${representative}`)!.received.map(({ packet }) => packet);
}

/**
 * A mcast as RECOVERY carries it, inside another of the new ring (spec totem 8.1), to be given the
 * running node's ring and sequence.
 */
export function encapsulated(mcast: Uint8Array): Uint8Array {
  const packet = new Uint8Array(MCAST_HEADER_BYTES + mcast.length);
  packet.set(mcast.subarray(0, MCAST_HEADER_BYTES));
  packet.set(mcast, MCAST_HEADER_BYTES);
  packet[4] = 1;
  new DataView(packet.buffer).setUint32(17, 1, true);
  return packet;
}

function record(state: StateName, nodeId: number): Recording {
  const ring = new VirtualRing();
  const received: Received[] = [];
  const nodes = [1, 2].map((id) => ring.add(id, CONFIGURED, 0));
  const subject = nodes[nodeId - 1]!;
  const peer = nodes[2 - nodeId]!;
  const receive = subject.receive.bind(subject);
  subject.receive = (packet, from) => {
    if (from !== "self") received.push({ atMs: ring.nowMs, packet, from });
    receive(packet, from);
  };
  for (const node of nodes) node.totem.start(node.storedSequence);
  const inState = (): boolean => subject.totem.state === state;
  if (state === "gather" || state === "commit") {
    ring.runUntil(() => inState() && received.length > 0, state, 10_000, 10_000);
    return { nodeId, messages: 0, received };
  }
  ring.runUntil(() => ring.isRing(), "a ring of two", 10_000, 10_000);
  for (let i = 0; i < MESSAGES; i++) for (const node of nodes) node.send(i, 100 * i);
  if (state === "recovery") {
    // The peer misses what is sent from here on, then the token gets lost and a new ring is formed.
    ring.passes = (from, to, packet) => !(from === subject && to === peer && packet[3] === 1);
    ring.run(5);
    ring.passes = (_from, _to, packet) => packet[3] !== 0;
    ring.runUntil(() => subject.totem.state === "gather", "gather", 10_000, 10_000);
    ring.passes = () => true;
    ring.runUntil(inState, state, 10_000, 10_000);
  } else {
    ring.run(20);
  }
  holds(inState(), `recording of ${state} ended in ${subject.totem.state}`);
  return { nodeId, messages: MESSAGES, received };
}

const MESSAGES = 12;

function replay({ nodeId, messages, received }: Recording): Subject {
  const ring = new VirtualRing();
  const node = ring.add(nodeId, CONFIGURED, 0);
  node.totem.start(node.storedSequence);
  let left = messages;
  for (const { atMs, packet, from } of received) {
    while (ring.step(atMs - 0.001));
    ring.nowMs = atMs;
    node.receive(packet, from);
    if (left > 0 && node.totem.state === "operational" && node.totem.members.length === 2)
      for (; left > 0; left--) node.send(messages - left, 100 * (messages - left));
  }
  return { ring, node };
}
