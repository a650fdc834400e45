import { randomInt } from "node:crypto";
import type { TransitionPolicy } from "./group/totem-groups.ts";
import type { LogLevel } from "./ring/environment.ts";
import type { TotemConfig } from "./ring/totem-config.ts";
import { SelfDelivery } from "./self-delivery.ts";
import { TokenGate } from "./token-gate.ts";
import { Totem } from "./totem.ts";
import type { PacketReceiver, Transport } from "./transport/transport.ts";
import { WakeTimer } from "./wake-timer.ts";

export interface TotemOnTransportOptions {
  readonly nodeId: number;
  readonly config: TotemConfig;
  readonly transitions: TransitionPolicy;
  openTransport(receive: PacketReceiver): Promise<{ transport: Transport; envelopeBytes: number }>;
  /** @throws when the sequence can not be kept */
  readonly storeRingSequence: (sequence: number) => void;
  readonly malformed: (from: string, reason: string) => void;
  readonly log: (level: LogLevel, text: string) => void;
  /** The ring sequence could not be kept; the totem has stopped. */
  readonly onFatal: (error: Error) => void;
}

/** A `Totem` with a transport, the system's clock and its timers. */
export interface TotemOnTransport {
  readonly totem: Totem;
  readonly transport: Transport;
  /** Stops without a word and closes the transport. */
  close(): Promise<void>;
}

/** @throws what the transport throws when it can not be opened */
export async function totemOnTransport(options: TotemOnTransportOptions): Promise<TotemOnTransport> {
  const { nodeId } = options;
  const now = (): number => performance.now();
  // The totem and its transport need each other; packets arrive only after both exist.
  const wakeTimer = new WakeTimer(now, () => totem.wake());
  const gate = new TokenGate((packet, from) => totem.receive(packet, from));
  const self = new SelfDelivery((packet) => gate.receive(packet, "this node"));
  const { transport, envelopeBytes } = await options.openTransport((packet, from) =>
    gate.receive(packet, from),
  );
  const totem: Totem = new Totem(
    nodeId,
    options.config,
    {
      now,
      multicast: (batch) => transport.multicast(batch),
      multicastControl: (packet) => {
        transport.multicastControl(packet);
        self.post(packet);
      },
      sendToken: (target, token, length) => {
        if (target !== nodeId) return transport.sendToken(target, token, length);
        self.post(token.slice(0, length));
        return true;
      },
      wakeAt: (deadlineMs) => wakeTimer.wakeAt(deadlineMs),
      persistRingSequence: (sequence) => {
        try {
          options.storeRingSequence(sequence);
        } catch (error) {
          totem.stop();
          options.onFatal(error as Error);
        }
      },
      discardPending: () => transport.discardPending(),
      random: (limit) => randomInt(limit),
      log: options.log,
      malformed: options.malformed,
    },
    envelopeBytes,
    options.transitions,
  );
  return {
    totem,
    transport,
    close: async () => {
      totem.stop();
      wakeTimer.cancel();
      await transport.close();
    },
  };
}
