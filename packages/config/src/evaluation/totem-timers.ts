import type { ConfigMap } from "../config-map.ts";
import type { Link } from "./link.ts";

/**
 * The values that govern a ring (spec totem 5); each is published under `runtime.config.totem`, and
 * all but those said otherwise are whole milliseconds or counts above 0.
 */
export interface TotemConfig {
  readonly tokenTimeoutMs: number;
  /** Percentage of the token timeout after which a missing token is logged; 0 is never. */
  readonly tokenWarningPercent: number;
  readonly tokenRetransmitMs: number;
  readonly tokenRetransmitsBeforeLossConst: number;
  readonly holdMs: number;
  readonly joinMs: number;
  /** Most milliseconds that a join is delayed, at random; 0 is none. */
  readonly sendJoinMs: number;
  readonly consensusMs: number;
  readonly mergeMs: number;
  readonly downcheckMs: number;
  readonly failRecvConst: number;
  readonly seqnoUnchangedConst: number;
  readonly missCountConst: number;
  readonly windowSizePackets: number;
  readonly maxMessagesPackets: number;
  /** 0 turns the heartbeat off. */
  readonly heartbeatFailuresAllowed: number;
  readonly maxNetworkDelayMs: number;
  /** The configured netmtu, or the transport's default. */
  readonly netMtuBytes: number;
  readonly cancelTokenHoldOnRetransmit: boolean;
  readonly blockUnlistedIps: boolean;
  /** Packets of a token visit that are sent after the token; 0 is off. Not a key of the C daemon. */
  readonly acceleratedWindowPackets: number;
}

const DEFAULT_TOKEN_COEFFICIENT_MS = 650;
/** 1000 / HZ of the C daemon. */
const HOLD_MARGIN_MS = 10;
const UDP_NET_MTU_BYTES = 1500;
const KNET_NET_MTU_BYTES = 65536;

/**
 * Computes the effective values, in the order in which they depend on each other, and publishes them
 * (spec config 4.1).
 * @param memberCount nodes that have an address on link 0
 */
export function readTotemTimers(map: ConfigMap, memberCount: number, knet: boolean): TotemConfig {
  const u32 = (name: string, fallback: number, zero: "default" | "valid" = "default"): number => {
    const configured = map.number(`totem.${name}`, "u32");
    const value =
      configured === undefined || (configured === 0 && zero === "default") ? fallback : configured;
    map.setNumber(`runtime.config.totem.${name}`, "u32", value);
    return value;
  };
  const tokenRetransmitsBeforeLossConst = u32("token_retransmits_before_loss_const", 4);
  const tokenTimeoutMs = scaledToken(map, u32("token", 3000), memberCount);
  const tokenRetransmitMs = u32(
    "token_retransmit",
    unsignedOfDouble(tokenTimeoutMs / (tokenRetransmitsBeforeLossConst + 0.2)),
  );
  publishKnetGlobals(map, u32);
  return {
    tokenTimeoutMs,
    tokenWarningPercent: u32("token_warning", 75, "valid"),
    tokenRetransmitMs,
    tokenRetransmitsBeforeLossConst,
    holdMs: u32("hold", unsignedOfDouble(tokenRetransmitMs * 0.8 - HOLD_MARGIN_MS)),
    joinMs: u32("join", 50),
    sendJoinMs: u32("send_join", 0, "valid"),
    // C computes this product in double and rounds it to single precision.
    consensusMs: u32("consensus", unsignedOfDouble(Math.fround(1.2 * tokenTimeoutMs))),
    mergeMs: u32("merge", 200),
    downcheckMs: u32("downcheck", 1000),
    failRecvConst: u32("fail_recv_const", 2500),
    seqnoUnchangedConst: u32("seqno_unchanged_const", 30),
    missCountConst: u32("miss_count_const", 5),
    windowSizePackets: u32("window_size", 50),
    maxMessagesPackets: u32("max_messages", 17),
    heartbeatFailuresAllowed: u32("heartbeat_failures_allowed", 0, "valid"),
    maxNetworkDelayMs: u32("max_network_delay", 50),
    netMtuBytes: map.number("totem.netmtu", "u32") || (knet ? KNET_NET_MTU_BYTES : UDP_NET_MTU_BYTES),
    cancelTokenHoldOnRetransmit: yesNo(map, "cancel_token_hold_on_retransmit", false),
    blockUnlistedIps: yesNo(map, "block_unlisted_ips", true),
    acceleratedWindowPackets: map.number("totem.accelerated_window", "u32") ?? 0,
  };
}

/** Ping times that were not configured follow from the token, for every transport (spec config 4.1). */
export function readPingTimers(map: ConfigMap, links: readonly Link[], tokenTimeoutMs: number): void {
  for (const link of links) {
    link.pongCount ||= 2;
    link.pingTimeoutMs ||= Math.trunc(tokenTimeoutMs / link.pongCount);
    link.pingIntervalMs ||= Math.trunc(tokenTimeoutMs / (link.pongCount * 2));
    const prefix = `runtime.config.totem.interface.${link.linkNumber}.`;
    map.setNumber(`${prefix}knet_ping_timeout`, "u32", link.pingTimeoutMs);
    map.setNumber(`${prefix}knet_ping_interval`, "u32", link.pingIntervalMs);
  }
}

/** More than two nodes lengthen the token timeout, a configured one too; C's u32 sums wrap. */
function scaledToken(map: ConfigMap, tokenMs: number, memberCount: number): number {
  if (memberCount <= 2) return tokenMs;
  const coefficientMs = map.number("totem.token_coefficient", "u32") ?? DEFAULT_TOKEN_COEFFICIENT_MS;
  const scaledMs = (tokenMs + Math.imul(memberCount - 2, coefficientMs)) >>> 0;
  map.setNumber("runtime.config.totem.token", "u32", scaledMs);
  return scaledMs;
}

function publishKnetGlobals(map: ConfigMap, u32: (name: string, fallback: number) => number): void {
  u32("knet_pmtud_interval", 30);
  u32("knet_mtu", 0);
  u32("knet_compression_threshold", 0);
  const level = map.number("totem.knet_compression_level", "i32") ?? 0;
  map.setNumber("runtime.config.totem.knet_compression_level", "i32", level);
  const model = map.text("totem.knet_compression_model") ?? "none";
  map.setString("runtime.config.totem.knet_compression_model", model);
}

function yesNo(map: ConfigMap, name: string, fallback: boolean): boolean {
  const word = map.text(`totem.${name}`);
  const value = word === "yes" || (word !== "no" && fallback);
  map.setNumber(`runtime.config.totem.${name}`, "u32", value ? 1 : 0);
  return value;
}

/** C's conversion of a double to int and to unsigned: what an int cannot hold becomes 2^31. */
function unsignedOfDouble(value: number): number {
  const whole = Math.trunc(value);
  return whole > 0x7fff_ffff || whole < -0x8000_0000 ? 0x8000_0000 : whole >>> 0;
}
