import type { Native } from "./native.ts";

/** Of 64 bits: elsewhere the structures of these calls look different. */
const ARCHITECTURES: ReadonlySet<string> = new Set(["x64", "arm64", "loong64", "ppc64", "riscv64", "s390x"]);

/**
 * Loads koffi, if it is there, and finds the calls in the C library that Node itself uses.
 * @param failed told why there is nothing, in words for an administrator
 */
export async function loadNative(failed: (reason: string) => void = () => undefined): Promise<Native | null> {
  if (process.platform !== "linux" || !ARCHITECTURES.has(process.arch)) {
    failed(`not made for ${process.platform} on ${process.arch}`);
    return null;
  }
  try {
    const { linuxNative } = await import("./linux-native.ts");
    return linuxNative();
  } catch (error) {
    // Of a missing package Node tells where it was looked for as well.
    failed(error instanceof Error ? error.message.split("\n", 1)[0]! : String(error));
    return null;
  }
}
