/**
 * Bytes that are not what their layout says. Thrown by decoders of cold paths; hot paths use the
 * bounds checks of their own module and count the packet instead.
 */
export class CodecError extends Error {
  override readonly name = "CodecError";

  /**
   * @param struct name of the structure being read or written
   * @param field name of the field at fault
   */
  constructor(
    readonly struct: string,
    readonly field: string,
    reason: string,
  ) {
    super(`${struct}.${field}: ${reason}`);
  }
}
