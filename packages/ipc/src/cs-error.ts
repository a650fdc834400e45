/** `cs_error_t` of Corosync: numbers and names that C programmers know (spec services-cpg-sam section 7). */
export const CS_ERROR_NAMES = {
  2: "CS_ERR_LIBRARY",
  3: "CS_ERR_VERSION",
  4: "CS_ERR_INIT",
  5: "CS_ERR_TIMEOUT",
  6: "CS_ERR_TRY_AGAIN",
  7: "CS_ERR_INVALID_PARAM",
  8: "CS_ERR_NO_MEMORY",
  9: "CS_ERR_BAD_HANDLE",
  10: "CS_ERR_BUSY",
  11: "CS_ERR_ACCESS",
  12: "CS_ERR_NOT_EXIST",
  13: "CS_ERR_NAME_TOO_LONG",
  14: "CS_ERR_EXIST",
  15: "CS_ERR_NO_SPACE",
  16: "CS_ERR_INTERRUPT",
  17: "CS_ERR_NAME_NOT_FOUND",
  18: "CS_ERR_NO_RESOURCES",
  19: "CS_ERR_NOT_SUPPORTED",
  20: "CS_ERR_BAD_OPERATION",
  21: "CS_ERR_FAILED_OPERATION",
  22: "CS_ERR_MESSAGE_ERROR",
  23: "CS_ERR_QUEUE_FULL",
  24: "CS_ERR_QUEUE_NOT_AVAILABLE",
  25: "CS_ERR_BAD_FLAGS",
  26: "CS_ERR_TOO_BIG",
  27: "CS_ERR_NO_SECTIONS",
  28: "CS_ERR_CONTEXT_NOT_FOUND",
  30: "CS_ERR_TOO_MANY_GROUPS",
  100: "CS_ERR_SECURITY",
} as const;

/** The number of an error. */
export type CsErrorCode = keyof typeof CS_ERROR_NAMES;
/** The name of an error. */
export type CsErrorName = (typeof CS_ERROR_NAMES)[CsErrorCode];

/** Success, as responses carry it. */
export const CS_OK = 1;

const CODES = new Map<CsErrorName, CsErrorCode>(
  Object.entries(CS_ERROR_NAMES).map(([code, name]) => [name, Number(code) as CsErrorCode]),
);

/** The number of an error name, for responses. */
export function csErrorCode(name: CsErrorName): CsErrorCode {
  return CODES.get(name)!;
}

/** An answer of the executive other than `CS_OK`, or a failure to reach it. */
export class CsError extends Error {
  override readonly name = "CsError";
  readonly code: CsErrorName;
  readonly number: number;

  /** @param operation what was attempted, for the message: `"cpg join"` */
  constructor(error: CsErrorName | number, operation: string, options?: ErrorOptions) {
    const code =
      typeof error === "string" ? error : (CS_ERROR_NAMES[error as CsErrorCode] ?? "CS_ERR_LIBRARY");
    super(`${operation}: ${code}`, options);
    this.code = code;
    this.number = typeof error === "string" ? csErrorCode(error) : error;
  }
}
