import { once } from "node:events";
import { afterEach, expect, it } from "vitest";
import { ConnectedSocket } from "./connected-socket.ts";
import { boundSocket } from "./dgram-socket.ts";
import { localEnd } from "./local-end.ts";

const LOCAL = localEnd("127.0.0.1");
const receiver = await boundSocket(LOCAL, "127.0.0.1", 0);
const sender = await boundSocket(LOCAL, "127.0.0.1", 0);
afterEach(() => {
  receiver.close();
  sender.close();
});

it("tells why there is no way, keeps its socket, and sends within the call once connected", async () => {
  const { port } = receiver.address();
  // A socket of loopback has no way out of the machine.
  const outside = await ConnectedSocket.open(sender, "192.0.2.1", port);
  const error = await new Promise<NodeJS.ErrnoException | null>((resolve) =>
    outside.sendReporting(Uint8Array.of(1), resolve),
  );
  expect(error?.code).toMatch(/^(EINVAL|ENETUNREACH)$/);

  const inside = await ConnectedSocket.open(sender, "127.0.0.1", port);
  inside.sendReporting(Uint8Array.of(3), () => inside.send(Uint8Array.of(9, 4, 9), 1, 1));
  const [first] = await once(receiver, "message");
  const [second] = await once(receiver, "message");
  expect([[...first], [...second]]).toEqual([[3], [4]]);
});
