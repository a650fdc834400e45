import type { CatalogueKey } from "@corosync/config";
import type { Random } from "./random.ts";

const NUMBERS = (
  "0 1 2 3 5 7 8 10 13 14 29 30 50 75 100 101 126 128 255 256 650 1000 3000 5000 10000 32767 32768 65535 65536 " +
  "100000 2147483647 2147483648 4294967295 4294967296 9223372036854775807 9223372036854775808 " +
  "18446744073709551615 18446744073709551616 -1 -2147483648 -2147483649 +5000 05000 0x10 1.5 1e3 12x 3000# --5 + -"
).split(" ");

const ADDRESSES = (
  "10.66.0.1 10.66.0.2 10.66.0.3 10.66.1.1 10.66.1.2 198.51.100.1 198.51.100.2 127.0.0.1 127.0.0.2 " +
  "fd66::1 fd66::2 fd66::0:3 FD66::4 ::1 ::ffff:10.66.0.1 fe80::1 g1 g1.example g2 g2.example both only6 localhost " +
  "nowhere 10.66.0 10.1 0x0a420001 010.066.0.1 256.1.1.1 10.66.0.0 0.0.0.0 255.255.255.255 224.0.0.1 239.1.1.1 " +
  "ff15::1 ff02::1 :: * - 10.66.0.1:5405 fe80::1%eth0 10.66.0.1/24 1"
).split(" ");

const TEXTS = [
  ..."yes no on off auto none active passive rr true YES Yes x a:b a}b #c name g1 max min lowest".split(" "),
  "two words",
  "value # comment",
  "umlaut \u00e4\u00f6",
  "",
];

const PATHS = (
  "/etc/corosync/authkey /etc/corosync/shortkey /etc/corosync/nokey /etc/corosync / " +
  "/var/lib/corosync /var/log/corosync/a.log /nonexistent/a.log /etc/hostname/x /var/log/corosync relative"
).split(" ");

const ACCOUNTS = "root daemon nobody nouser 0 1 4294967295 4294967296 -1 +7 1x x1".split(" ");

/** A value for a key: mostly one that it can have, now and then anything. */
export function valueFor(key: CatalogueKey, random: Random): string {
  if (random.chance(0.01)) return random.pick(TEXTS);
  if (random.chance(0.01)) return random.pick(NUMBERS);
  if (random.chance(0.005)) return "v".repeat(random.below(600));
  const name = key.path.slice(key.path.lastIndexOf(".") + 1);
  if (key.words !== undefined && random.chance(0.98)) return random.pick(key.words);
  if (key.type !== "str") return numberFor(key, name, random);
  if (/addr$/.test(name)) return random.pick(ADDRESSES);
  if (/^(keyfile|logfile|state_dir|watchdog_device)$/.test(name)) return random.pick(PATHS);
  if (name === "key") return "k".repeat(random.pick([0, 1, 100, 126, 127, 128, 300, 480]));
  if (name === "uid" || name === "gid") return random.pick(ACCOUNTS);
  if (name === "subsys")
    return random.pick(["MAIN", "TOTEM", "QUORUM", "main", "XYZ", "A.B", "s".repeat(64)]);
  return random.pick(TEXTS);
}

function numberFor(key: CatalogueKey, name: string, random: Random): string {
  if (name === "version") return random.chance(0.95) ? "2" : random.pick(NUMBERS);
  if (name === "nodeid")
    return String(random.chance(0.8) ? 1 + random.below(60) : random.pick([65535, 65536, 0, 4294967295]));
  if (name === "linknumber") return random.chance(0.8) ? "0" : String(random.pick([1, 2, 7, 8, 255]));
  if (key.type === "u8" && random.chance(0.9)) return random.pick(["0", "1", "1", "1"]);
  if (random.chance(0.85)) return String(random.pick([50, 75, 100, 300, 1000, 1500, 3000, 5405, 10000]));
  return random.pick(NUMBERS);
}

export function address(random: Random): string {
  return random.pick(ADDRESSES);
}
