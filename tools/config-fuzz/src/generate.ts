import { type CatalogueKey, KEY_CATALOGUE } from "@corosync/config";
import { mutated } from "./mutate.ts";
import type { Random } from "./random.ts";
import { address, valueFor } from "./values.ts";

/** A line of the file, and the lines of a section after it. */
type Line = string;

const CHANCES: Readonly<Record<string, number>> = {
  totem: 0.06,
  "totem.interface": 0.25,
  "nodelist.node": 0.05,
  logging: 0.08,
  "logging.logger_subsys": 0.3,
  "logging.logging_daemon": 0.3,
  system: 0.06,
  quorum: 0.15,
  resources: 0.2,
  nozzle: 0.3,
  uidgid: 0.4,
  qb: 0.5,
};

/** A file that is mostly right: sections and keys of the catalogue, then mutations of the whole. */
export function generateFile(random: Random): Uint8Array {
  const sections = [
    totemSection(random),
    random.chance(0.93) ? nodelistSection(random) : [],
    random.chance(0.35) ? loggingSection(random) : [],
    ...["system", "quorum", "resources", "nozzle", "uidgid", "qb"].map((name) =>
      random.chance(0.08) ? wrapped(name, keysOf(name, random), random) : [],
    ),
    random.chance(0.04) ? wrapped("unknown", ["key: value", "sub {", "  more: 1", "}"], random) : [],
  ];
  if (random.chance(0.1)) sections.reverse();
  const lines = sections.flat();
  return mutated(lines, random);
}

function totemSection(random: Random): Line[] {
  const lines = keysOf("totem", random);
  if (random.chance(0.97)) lines.unshift("version: 2");
  const transport = random.pick(["udpu", "udpu", "udp", "udp", "knet", "knet", null]);
  if (transport !== null) lines.push(`transport: ${transport}`);
  if (random.chance(0.5)) lines.push("cluster_name: gold");
  const interfaces = random.pick([0, 0, 0, 1, 1, 2, 3]);
  for (let count = 0; count < interfaces; count++) lines.push(...interfaceSection(random));
  return wrapped("totem", lines, random);
}

function interfaceSection(random: Random): Line[] {
  const lines = keysOf("totem.interface", random);
  if (random.chance(0.1)) lines.push(...wrapped("member", [`memberaddr: ${address(random)}`], random));
  return wrapped("interface", lines, random);
}

/** Nodes that are all of one family and one of them this host, unless chance wants it otherwise. */
function nodelistSection(random: Random): Line[] {
  const prefix = random.pick(["10.66.0.", "10.66.0.", "10.66.0.", "fd66::", "198.51.100.", "127.0.0."]);
  const count = random.pick([1, 2, 2, 3, 3, 5, 12]);
  const links = random.pick([1, 1, 1, 1, 1, 1, 2, 3]);
  const named = random.chance(0.6);
  const lines: Line[] = [];
  for (let number = 1; number <= count; number++) {
    const node = keysOf("nodelist.node", random).filter(() => random.chance(0.2));
    if (random.chance(0.97)) node.push(`nodeid: ${number}`);
    if (named && random.chance(0.98)) node.push(`name: g${number}`);
    for (let link = 0; link < links; link++) {
      if (!random.chance(0.99)) continue;
      const plain = link === 0 ? prefix : `10.66.${link}.`;
      node.push(`ring${link}_addr: ${random.chance(0.985) ? plain + number : address(random)}`);
    }
    lines.push(...wrapped("node", node, random));
  }
  return wrapped("nodelist", lines, random);
}

function loggingSection(random: Random): Line[] {
  const lines = keysOf("logging", random);
  if (random.chance(0.3)) {
    const keys = keysOf("logging.logger_subsys", random);
    lines.push(...wrapped("logger_subsys", random.chance(0.9) ? ["subsys: TOTEM", ...keys] : keys, random));
  }
  if (random.chance(0.2)) {
    const keys = keysOf("logging.logging_daemon", random);
    lines.push(...wrapped("logging_daemon", random.chance(0.9) ? ["name: corosync", ...keys] : keys, random));
  }
  return wrapped("logging", lines, random);
}

/** Some keys of a section, those of sections within written as sections or, rarely, with dots. */
function keysOf(section: string, random: Random): Line[] {
  const lines: Line[] = [];
  for (const key of KEY_CATALOGUE) {
    // C knows nothing of what is ours.
    if (key.use === "own") continue;
    if (!key.path.startsWith(`${section}.`) || !random.chance(CHANCES[section] ?? 0.1)) continue;
    lines.push(...keyLines(key, key.path.slice(section.length + 1), random));
  }
  return lines;
}

function keyLines(key: CatalogueKey, name: string, random: Random): Line[] {
  const dot = name.indexOf(".");
  if (dot === -1) {
    const written =
      name === "ringX_addr"
        ? `ring${random.chance(0.8) ? 0 : random.pick([1, 2, 7, 8, "00", "x"])}_addr`
        : name;
    return [`${written}: ${valueFor(key, random)}`];
  }
  const outer = name.slice(0, dot);
  // These have generators of their own.
  if (/^(interface|logger_subsys|logging_daemon)$/.test(outer)) return [];
  return wrapped(outer, keyLines(key, name.slice(dot + 1), random), random);
}

function wrapped(name: string, lines: readonly Line[], random: Random): Line[] {
  const indent = random.chance(0.5) ? "\t" : "  ";
  return [`${name} {`, ...lines.map((line) => indent + line), "}"];
}
