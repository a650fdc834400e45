/**
 * Where this ring chooses other than corosync 3.1.7 does in what honest nodes can meet, and both choices
 * speak the same protocol (spec totem section 17). True is what we do. The behaviour of C is there for
 * simulations and replays that compare.
 *
 * Has no switch:
 * - what hardens against packets that no honest node sends, where both choices are the same between honest
 *   nodes: a join in this node's own name that brings news, a flow control count that a quiet ring keeps, an
 *   aru that stands for an outsider, requests that nobody can have made, a recovered message far ahead of
 *   all others, a recovery flag that nobody has raised, a token that numbers messages anew, a ring sequence
 *   out of all bounds;
 * - what ends in an assertion, in damaged memory or in a blocked process in C (Q4, Q15, Q18);
 * - what belongs to sockets, interfaces, files, log and statistics (Q1, Q17).
 */
export interface TotemBehaviour {
  /** Q5: the ring sequence is stored before the commit token that announces it leaves; C stores it after. */
  readonly persistBeforeSend: boolean;
  /**
   * Q7: in recovery a member does not send again what it has heard from another member on the new ring.
   * In C every member that comes from the old ring sends everything.
   */
  readonly skipRecoveredMessages: boolean;
  /** Q8: each recovery counts its rotations from zero; in C the counts of an abandoned one live on. */
  readonly resetRecoveryCounts: boolean;
  /**
   * Q9: a normal mcast of a ring that is still being formed is dropped, and asked for later; C files it
   * with the messages of the old ring.
   */
  readonly fileByRing: boolean;
  /** Q10: what waits when the synchronization ends is sent next; in C it waits for the next change. */
  readonly sendLeftoversAfterSync: boolean;
  /** Q11: only tokens that are accepted count as idle rotations and free messages; in C any token does. */
  readonly judgeAcceptedTokensOnly: boolean;
  /** Q12: a window that is overdrawn lets nothing through; in C the room wraps to a huge number. */
  readonly clampWindow: boolean;
  /**
   * Q13: after a sender's broken message everything up to its next packet that ends with a whole message
   * is left out; in C a packet that ends with fragment 1 may end this early, and garbage is delivered.
   */
  readonly skipToWholePacket: boolean;
  /**
   * Q14: a message that has partly left when the configuration changes goes on in its queue. In C its
   * tail goes out among the messages of the synchronization, where nobody can assemble it.
   */
  readonly keepMessageInItsQueue: boolean;
  /**
   * A join that changes no list of this node is not answered, and the gather timers go on (spec totem
   * 6.3). C starts them anew and answers at once, which two rings can do to each other without end.
   */
  readonly answerOnlyNews: boolean;
  /**
   * A join that packets of its sender's next ring have overtaken is dropped. C takes its failed list for
   * news: two nodes that just went on alone then hold each other for failed once more, and again after
   * the next consensus timeout, for as long as their joins arrive late.
   */
  readonly dropOvertakenJoins: boolean;
}

/** What this implementation does by itself. */
export const TOTEM_BEHAVIOUR: TotemBehaviour = {
  persistBeforeSend: true,
  skipRecoveredMessages: true,
  resetRecoveryCounts: true,
  fileByRing: true,
  sendLeftoversAfterSync: true,
  judgeAcceptedTokensOnly: true,
  clampWindow: true,
  skipToWholePacket: true,
  keepMessageInItsQueue: true,
  answerOnlyNews: true,
  dropOvertakenJoins: true,
};

/** What corosync 3.1.7 does. */
export const C_TOTEM_BEHAVIOUR: TotemBehaviour = {
  persistBeforeSend: false,
  skipRecoveredMessages: false,
  resetRecoveryCounts: false,
  fileByRing: false,
  sendLeftoversAfterSync: false,
  judgeAcceptedTokensOnly: false,
  clampWindow: false,
  skipToWholePacket: false,
  keepMessageInItsQueue: false,
  answerOnlyNews: false,
  dropOvertakenJoins: false,
};
