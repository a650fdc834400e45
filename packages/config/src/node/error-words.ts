/**
 * C's words for what can go wrong with a file or a directory. `strerror` of @corosync/crypto has them
 * too: packages of one floor do not import each other, and the floor below knows nothing of files.
 */
const WORDS: Readonly<Record<string, string>> = {
  EACCES: "Permission denied",
  EBUSY: "Device or resource busy",
  EDQUOT: "Disk quota exceeded",
  EFBIG: "File too large",
  EINVAL: "Invalid argument",
  EIO: "Input/output error",
  EISDIR: "Is a directory",
  ELOOP: "Too many levels of symbolic links",
  EMFILE: "Too many open files",
  ENAMETOOLONG: "File name too long",
  ENFILE: "Too many open files in system",
  ENODEV: "No such device",
  ENOENT: "No such file or directory",
  ENOMEM: "Cannot allocate memory",
  ENOSPC: "No space left on device",
  ENOTDIR: "Not a directory",
  ENXIO: "No such device or address",
  EPERM: "Operation not permitted",
  EROFS: "Read-only file system",
  ETXTBSY: "Text file busy",
};

/** The words of C's strerror for an error that a file operation threw. */
export function errorWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return WORDS[errorCode(error)] ?? error.message;
}

/** The number of an error that a file operation threw; 0 when it has none. */
export function errorNumber(error: unknown): number {
  return error instanceof Error && "errno" in error && typeof error.errno === "number"
    ? Math.abs(error.errno)
    : 0;
}

function errorCode(error: Error): string {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  // Node refuses a path with a NUL before the system sees it.
  return code === "ERR_INVALID_ARG_VALUE" ? "EINVAL" : code;
}
