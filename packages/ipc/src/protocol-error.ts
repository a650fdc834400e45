/** The other end broke the rules of the carrier; the connection cannot go on. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}
