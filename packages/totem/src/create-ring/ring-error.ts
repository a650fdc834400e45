/** Names and numbers as in Corosync's `cs_error_t`. */
const NUMBERS = {
  CS_ERR_LIBRARY: 2,
  CS_ERR_TRY_AGAIN: 6,
  CS_ERR_INVALID_PARAM: 7,
  CS_ERR_NO_MEMORY: 8,
  CS_ERR_BAD_HANDLE: 9,
  CS_ERR_BUSY: 10,
  CS_ERR_TOO_BIG: 26,
} as const;

/** The errors of a ring, by their names in Corosync. */
export type RingErrorCode = keyof typeof NUMBERS;

/** What a `JoinedRing` can not do, or why it ended. */
export class RingError extends Error {
  override readonly name = "RingError";
  readonly number: number;

  constructor(
    readonly code: RingErrorCode,
    text: string,
    options?: ErrorOptions,
  ) {
    super(`${text}: ${code}`, options);
    this.number = NUMBERS[code];
  }
}
