import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { LocalEnd } from "./local-end.ts";

/** Buffers asked of the kernel, which grants at most net.core.rmem_max (and doubles it for its own use). */
export const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

/**
 * A bound UDP socket. Addresses are always numbers, which need no resolver and no later turn of the
 * event loop.
 * @throws the system's error when the address or port can not be had
 */
export async function boundSocket(
  { type }: LocalEnd,
  address: string,
  port: number,
  reuseAddr = false,
): Promise<Socket> {
  const socket = createSocket({
    type,
    reuseAddr,
    ipv6Only: type === "udp6",
    lookup: (name, _options, callback) => callback(null, name, type === "udp6" ? 6 : 4),
  });
  try {
    const listening = once(socket, "listening");
    socket.bind({ address, port, exclusive: true });
    await listening;
  } catch (error) {
    socket.close();
    throw error;
  }
  return socket;
}

export function closeSockets(sockets: readonly Socket[]): Promise<unknown> {
  return Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
}
