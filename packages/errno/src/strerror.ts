/** The words of C's strerror on Linux, for what files, processes and sockets can answer. */
const WORDS: Readonly<Record<string, string>> = {
  E2BIG: "Argument list too long",
  EACCES: "Permission denied",
  EADDRINUSE: "Address already in use",
  EADDRNOTAVAIL: "Cannot assign requested address",
  EAFNOSUPPORT: "Address family not supported by protocol",
  EAGAIN: "Resource temporarily unavailable",
  EBADF: "Bad file descriptor",
  EBUSY: "Device or resource busy",
  ECONNREFUSED: "Connection refused",
  ECONNRESET: "Connection reset by peer",
  EDEADLK: "Resource deadlock avoided",
  EDQUOT: "Disk quota exceeded",
  EEXIST: "File exists",
  EFAULT: "Bad address",
  EFBIG: "File too large",
  EHOSTUNREACH: "No route to host",
  EINTR: "Interrupted system call",
  EINVAL: "Invalid argument",
  EIO: "Input/output error",
  EISDIR: "Is a directory",
  ELOOP: "Too many levels of symbolic links",
  EMFILE: "Too many open files",
  EMSGSIZE: "Message too long",
  ENAMETOOLONG: "File name too long",
  ENETDOWN: "Network is down",
  ENETUNREACH: "Network is unreachable",
  ENFILE: "Too many open files in system",
  ENOBUFS: "No buffer space available",
  ENODEV: "No such device",
  ENOENT: "No such file or directory",
  ENOLCK: "No locks available",
  ENOMEM: "Cannot allocate memory",
  ENOSPC: "No space left on device",
  ENOSYS: "Function not implemented",
  ENOTCONN: "Transport endpoint is not connected",
  ENOTDIR: "Not a directory",
  ENOTEMPTY: "Directory not empty",
  ENOTSOCK: "Socket operation on non-socket",
  ENOTSUP: "Operation not supported",
  ENXIO: "No such device or address",
  EOVERFLOW: "Value too large for defined data type",
  EPERM: "Operation not permitted",
  EPIPE: "Broken pipe",
  EPROTO: "Protocol error",
  EROFS: "Read-only file system",
  ESPIPE: "Illegal seek",
  ESRCH: "No such process",
  ETIMEDOUT: "Connection timed out",
  ETXTBSY: "Text file busy",
  EXDEV: "Invalid cross-device link",
};

/**
 * What a C program prints for a failed system call ("No such file or directory"). Node's own messages
 * differ: lower case, and other words for some. What is no error of the system is shown as it is.
 */
export function strerror(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return WORDS[errorCode(error)] ?? error.message;
}

/** Words and number, as C Corosync prints them at many places: `Address already in use (98)`. */
export function strerrorWithNumber(error: unknown): string {
  const number = errorNumber(error);
  return number === 0 ? strerror(error) : `${strerror(error)} (${number})`;
}

/** The errno of an error that a system call threw; 0 when it is no such error. */
export function errorNumber(error: unknown): number {
  return error instanceof Error && "errno" in error && typeof error.errno === "number"
    ? Math.abs(error.errno)
    : 0;
}

function errorCode(error: Error): string {
  const code = codeOf(error);
  // What Node's os module throws has the system's code one level deeper.
  if (code === "ERR_SYSTEM_ERROR" && "info" in error) return codeOf(error.info);
  // Node refuses a path with a NUL before the system sees it.
  return code === "ERR_INVALID_ARG_VALUE" ? "EINVAL" : code;
}

function codeOf(value: unknown): string {
  if (typeof value !== "object" || value === null || !("code" in value)) return "";
  return typeof value.code === "string" ? value.code : "";
}
