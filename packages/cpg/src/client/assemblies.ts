import type { ByteSpan } from "@corosync/codec";
import { PARTIAL_TYPE } from "../protocol/message-ids.ts";
import type { CpgMember } from "./cpg-event.ts";

/** A fragment as its event describes it; the data stand at `dataAt` of the event. */
export interface Fragment {
  readonly nodeId: number;
  readonly pid: number;
  readonly type: number;
  readonly messageLength: number;
  readonly fragmentLength: number;
}

interface Assembly {
  readonly nodeId: number;
  readonly pid: number;
  readonly message: Uint8Array;
  length: number;
}

/** Senders whose messages may be under way at a time. */
const MAX_ASSEMBLIES = 1024;

/**
 * Long messages that arrive in fragments, one under way for each sender. Fragments that do not add up
 * are dropped with what came before them, and counted.
 */
export class Assemblies {
  readonly #underway: Assembly[] = [];
  #bytes = 0;
  malformed = 0;

  /** @param maxBytes bound of all messages under way together */
  constructor(readonly maxBytes: number) {}

  /**
   * Takes a fragment in.
   * @returns the message when it is complete, else null; "tooBig" when it exceeds the bound
   */
  take(fragment: Fragment, event: ByteSpan, dataAt: number): Uint8Array | null | "tooBig" {
    if (fragment.type === PARTIAL_TYPE.first) {
      this.#drop(this.#of(fragment));
      const { nodeId, pid, messageLength } = fragment;
      if (this.#bytes + messageLength > this.maxBytes || this.#underway.length >= MAX_ASSEMBLIES)
        return "tooBig";
      this.#bytes += messageLength;
      this.#underway.push({ nodeId, pid, message: new Uint8Array(messageLength), length: 0 });
    }
    // Without a first fragment: we joined, or a member left, in the middle of the message.
    const assembly = this.#of(fragment);
    if (assembly === undefined) return null;
    const { message } = assembly;
    const end = assembly.length + fragment.fragmentLength;
    const last = fragment.type === PARTIAL_TYPE.last;
    if (fragment.messageLength !== message.length || end > message.length || (last && end < message.length)) {
      this.malformed++;
      this.#drop(assembly);
      return null;
    }
    message.set(event.subarray(dataAt, dataAt + fragment.fragmentLength), assembly.length);
    assembly.length = end;
    if (!last) return null;
    this.#drop(assembly);
    return message;
  }

  /** A process left: what it did not finish never will be. */
  forget(member: CpgMember): void {
    this.#drop(this.#of(member));
  }

  #of({ nodeId, pid }: CpgMember): Assembly | undefined {
    return this.#underway.find((assembly) => assembly.nodeId === nodeId && assembly.pid === pid);
  }

  #drop(assembly: Assembly | undefined): void {
    if (assembly === undefined) return;
    this.#underway.splice(this.#underway.indexOf(assembly), 1);
    this.#bytes -= assembly.message.length;
  }
}
