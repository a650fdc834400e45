import { getSystemErrorMap } from "node:util";
import { strerror } from "@corosync/crypto";

/** What C prints for a failed system call, words and number: `Address already in use (98)`. */
export function systemErrorText(error: unknown): string {
  const words = strerror(error);
  if (!(error instanceof Error) || !("errno" in error) || typeof error.errno !== "number") return words;
  // Node knows more errors, in lower case.
  const known = getSystemErrorMap().get(error.errno)?.[1];
  const text = words === error.message && known !== undefined ? capital(known) : words;
  return `${text} (${-error.errno})`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
