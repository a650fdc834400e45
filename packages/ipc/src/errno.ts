import type { CsErrorName } from "./cs-error.ts";

/** Linux error numbers that the handshake and its clients need (spec ipc 7.6). */
export const Errno = {
  ENOENT: 2,
  EINTR: 4,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  EMFILE: 24,
  ENOSPC: 28,
  ENOSYS: 38,
  ENOMSG: 42,
  EBADE: 52,
  ETIME: 62,
  EOVERFLOW: 75,
  EBADMSG: 74,
  E2BIG: 7,
  EMSGSIZE: 90,
  ENOTSUP: 95,
  ENOBUFS: 105,
  ETIMEDOUT: 110,
} as const;

type ErrnoName = keyof typeof Errno;

const CS_ERRORS: { readonly [name in ErrnoName]?: CsErrorName } = {
  EBADF: "CS_ERR_BAD_HANDLE",
  ENOMEM: "CS_ERR_NO_MEMORY",
  ENOMSG: "CS_ERR_TRY_AGAIN",
  ENOBUFS: "CS_ERR_TRY_AGAIN",
  ETIMEDOUT: "CS_ERR_TRY_AGAIN",
  EAGAIN: "CS_ERR_TRY_AGAIN",
  EBADE: "CS_ERR_FAILED_OPERATION",
  ETIME: "CS_ERR_TIMEOUT",
  EINVAL: "CS_ERR_INVALID_PARAM",
  EBUSY: "CS_ERR_BUSY",
  EACCES: "CS_ERR_ACCESS",
  EEXIST: "CS_ERR_EXIST",
  ENOSPC: "CS_ERR_NO_SPACE",
  EINTR: "CS_ERR_INTERRUPT",
  ENOENT: "CS_ERR_NOT_EXIST",
  ENODEV: "CS_ERR_NOT_EXIST",
  ENOSYS: "CS_ERR_NOT_SUPPORTED",
  ENOTSUP: "CS_ERR_NOT_SUPPORTED",
  EBADMSG: "CS_ERR_MESSAGE_ERROR",
  EMSGSIZE: "CS_ERR_TOO_BIG",
  E2BIG: "CS_ERR_TOO_BIG",
  EOVERFLOW: "CS_ERR_NAME_TOO_LONG",
};

const NAMES: ReadonlyMap<number, ErrnoName> = new Map(
  Object.entries(Errno).map(([name, number]) => [number, name as ErrnoName]),
);

/** The `cs_error_t` that Corosync's libraries show for an errno, given by name or (positive) number. */
export function csErrorOfErrno(errno: string | number): CsErrorName {
  const name = typeof errno === "number" ? NAMES.get(errno) : (errno as ErrnoName);
  return (name === undefined ? undefined : CS_ERRORS[name]) ?? "CS_ERR_LIBRARY";
}

/** `-11 (EAGAIN)` for messages. */
export function describeErrno(negativeErrno: number): string {
  return `${negativeErrno} (${NAMES.get(-negativeErrno) ?? "unknown"})`;
}
