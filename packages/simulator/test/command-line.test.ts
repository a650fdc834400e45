import { describe, expect, it } from "vitest";
import { readCommand, replayCommand, usage } from "../src/command-line.ts";
import { PROFILES } from "../src/index.ts";
import { PROFILE_OPTIONS } from "../src/profile-options.ts";
import { formatSchedule, parseSchedule } from "../src/schedule-file.ts";

const FAULTS = `[
  { "kind": "partition", "atMs": 5000, "forMs": 2000, "sides": [[1, 2], [3, 4, 5]] },
  { "kind": "cut", "atMs": 6000, "forMs": 500, "from": [1], "to": [2, 3] },
  { "kind": "network", "atMs": 7000, "forMs": 900, "loss": 0.2, "delayMs": 3 },
  { "kind": "pause", "atMs": 9000, "forMs": 1500, "node": 3 },
  { "kind": "slow", "atMs": 9500, "forMs": 800, "node": 1, "packetMs": 4 },
  { "kind": "clock", "atMs": 9600, "forMs": 5000, "node": 2, "rate": 1.1 },
  { "kind": "full", "atMs": 9900, "forMs": 400, "node": 4, "refuses": true },
  { "kind": "crash", "atMs": 12000, "forMs": 700, "node": 2, "forgets": true },
  { "kind": "leave", "atMs": 14000, "forMs": 700, "node": 5 }
]`;

describe("the command line", () => {
  it("changes a profile by options, each of which is told by --help", () => {
    const { profile, profileName } = readCommand(["--profile", "calm", "--loss", "0.05", "--load", "7"]);
    expect(profileName).toBe("calm");
    expect(profile).toEqual({ ...PROFILES.calm, loss: 0.05, load: 7 });
    expect(new Set(PROFILE_OPTIONS.map(({ key }) => key))).toEqual(new Set(Object.keys(PROFILES.calm)));
    for (const { name } of PROFILE_OPTIONS) expect(usage()).toContain(`--${name} `);
  });

  it("names the option that is wrong", () => {
    expect(() => readCommand(["--loss", "2"])).toThrow("--loss must be from 0 to 1, not 2");
    expect(() => readCommand(["--burst", "1.5"])).toThrow("--burst must be a whole number");
    expect(() => readCommand(["--nodes", "385"])).toThrow(
      "--nodes must be a whole number from 1 to 384, not 385",
    );
    expect(() => readCommand(["--seed", "x"])).toThrow("--seed");
    expect(() => readCommand(["--profile", "mad"])).toThrow("--profile must be one of idle, calm");
    expect(() => readCommand(["--los", "0.1"])).toThrow("--los");
  });

  it("takes plain decimal numbers only, one line for each mistake", () => {
    const refused = (args: string[], words: string) => {
      expect(() => readCommand(args), args.join(" ")).toThrow(words);
      expect(() => readCommand(args), args.join(" ")).not.toThrow("\n");
    };
    refused(["--seed="], "--seed must be a plain whole number from 0 to 4294967295, not nothing");
    refused(["--seed", "0x10"], "--seed must be a plain whole number");
    refused(["--seed", "1e3"], "--seed must be a plain whole number");
    refused(["--seed", " 1"], "--seed must be a plain whole number");
    refused(["--seed", "1.5"], "--seed must be a whole number from 0 to 4294967295, not 1.5");
    refused(["--hours", "-1"], "--hours must be a plain decimal number from 0.0001 to 100000, not -1");
    refused(["--loss", "-0.1"], "--loss must be a plain decimal number from 0 to 1, not -0.1");
    refused(["--loss="], "--loss must be a plain decimal number from 0 to 1, not nothing");
    refused(["--hours", "--trace"], "--hours must be a plain decimal number");
    refused(["--hours"], "--hours");
    expect(readCommand(["--hours", ".5", "--loss=0.25", "--no-shrink"])).toMatchObject({
      hours: 0.5,
      profile: { loss: 0.25 },
      shrink: false,
    });
  });

  it("refuses numbers that do not go together, or that leave nothing to run", () => {
    const last = ["--seed", "4294967295", "--seeds"];
    expect(readCommand([...last, "1"])).toMatchObject({ seed: 4294967295, seeds: 1 });
    expect(() => readCommand([...last, "2"])).toThrow("--seeds must be at most 1 from --seed 4294967295 on");
    expect(readCommand(["--c-nodes", "3", "--nodes", "3"]).profile.cNodes).toBe(3);
    expect(() => readCommand(["--c-nodes", "9", "--nodes", "3"])).toThrow("--c-nodes must be at most 3");
    for (const name of ["groups", "processes", "burst", "message-bytes"])
      expect(() => readCommand([`--${name}`, "0"])).toThrow(`--${name} must be a whole number from 1 to`);
  });

  it("names --schedule when the schedule cannot be had", () => {
    const refused = (source: string, words: string) =>
      expect(() => readCommand(["--schedule", source]), source).toThrow(words);
    refused("", "--schedule must name a file or be a JSON array, not nothing");
    refused("/nope", "--schedule: /nope cannot be read: ENOENT");
    refused(import.meta.dirname, `--schedule: ${import.meta.dirname} cannot be read: EISDIR`);
    refused('{"kind":"x"}', "--schedule: must be an array of faults");
    refused(import.meta.filename, `--schedule: ${import.meta.filename}: not JSON`);
  });

  it("writes the command of a run so that it reads as the same run", () => {
    const args = ["--seed", "12", "--nodes", "7", "--hours", "0.0123", "--profile", "wrap", "--loss", "0.01"];
    const command = readCommand([...args, "--crashes", "0.5", "--schedule", FAULTS.replaceAll("\n", "")]);
    const written = replayCommand(command, 12, { ...command, schedule: formatSchedule(command.schedule!) });
    const words = [...written.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2]!);
    expect(words.slice(0, 4)).toEqual(["npm", "run", "simulate", "--"]);
    expect(readCommand(words.slice(4))).toEqual({ ...command, trace: true });
  });
});

describe("a fault schedule", () => {
  it("is read in the documented form, and written in the same", () => {
    const faults = parseSchedule(FAULTS, "file", 5, 18_000);
    expect(faults).toHaveLength(9);
    expect(parseSchedule(formatSchedule(faults), "line", 5, 18_000)).toEqual(faults);
  });

  it("is refused with the name of the fault and the field that is wrong", () => {
    const refused = (text: string, words: string) =>
      expect(() => parseSchedule(text, "f.json", 3, 1000.5), text).toThrow(`f.json: ${words}`);
    refused("{", "not JSON");
    refused("{}", "must be an array of faults");
    refused("[1]", "fault 1: must be an object");
    refused('[{"kind":"flood"}]', "fault 1: kind must be one of partition, cut, network");
    refused('[{"kind":"pause","atMs":1,"forMs":1}]', "fault 1: a pause needs node");
    refused('[{"kind":"pause","atMs":1,"forMs":1,"node":4}]', "fault 1: node must be a node from 1 to 3");
    refused('[{"kind":"pause","atMs":-1,"forMs":1,"node":1}]', "fault 1: atMs must be a number from 0");
    const pauseAt = (atMs: string) => `[{"kind":"pause","atMs":${atMs},"forMs":1,"node":1}]`;
    refused(pauseAt("1e10"), "fault 1: atMs must be within the run, which takes 1001 ms, not 10000000000");
    refused(pauseAt("1e12"), "fault 1: atMs must be");
    expect(parseSchedule(pauseAt("1001"), "f.json", 3, 1000.5)).toHaveLength(1);
    refused('[{"kind":"pause","atMs":1,"forMs":1,"node":1,"loss":1}]', "fault 1: a pause has no loss");
    refused('[{"kind":"network","atMs":1,"forMs":1,"loss":2}]', "fault 1: loss must be a number from 0 to 1");
    refused(
      '[{"kind":"cut","atMs":1,"forMs":1,"from":[9],"to":[1]}]',
      "fault 1: from must be a list of nodes",
    );
  });
});
