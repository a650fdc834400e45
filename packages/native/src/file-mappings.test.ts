import { expect, it } from "vitest";
import { fileMappings } from "./file-mappings.ts";

const MAPS = `00400000-00bb2000 r--p 00000000 fe:00 1234                               /usr/bin/node
00bb2000-02157000 r-xp 007b2000 fe:00 1234                               /usr/bin/node with a blank
05a00000-05b00000 rw-p 00000000 00:00 0                                  [heap]
7f0000000000-7f0000001000 ---p 00000000 fe:00 99                         /lib/guard.so
7ffc1a000000-7ffc1a021000 rw-p 00000000 00:00 0                          [stack]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`;

it("takes what is mapped from files and can be read", () => {
  expect(fileMappings(MAPS)).toEqual([
    { address: 0x400000n, lengthBytes: 0x7b2000 },
    { address: 0xbb2000n, lengthBytes: 0x15a5000 },
  ]);
  expect(fileMappings("")).toEqual([]);
});
