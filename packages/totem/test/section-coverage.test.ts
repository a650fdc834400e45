import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** Sections of the protocol description that this package must keep, and its list of quirks of C. */
const SECTIONS = [
  ...["2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9", "3.1", "3.2", "3.3"],
  ...["4", "4.1", "4.2", "4.3", "5", "6.1", "6.2", "6.3", "6.4", "6.5", "6.6", "7.1", "7.2", "7.3"],
  ...["8.1", "8.2", "8.3", "8.4", "8.5", "9", "10", "10.1", "10.2", "10.3", "10.4", "10.5", "10.6"],
  ...["11.1", "11.2", "11.3", "11.4", "12.1", "12.2", "12.3", "12.4"],
  ...["13.1", "13.2", "13.3", "13.4", "13.5", "14.1", "14.2", "14.3", "14.4", "14.5", "14.6"],
  ...["15.1", "15.2", "15.3", "15.4", "15.5", "15.6", "18", "20", "22"],
  ...Array.from({ length: 20 }, (_, i) => `Q${i + 1}`),
];

const PACKAGE = new URL("../", import.meta.url);

/** Titles of all tests, and the sections that event tables are given. */
function titles(): string[] {
  const files = ["src", "test"].flatMap((folder) =>
    (readdirSync(new URL(`${folder}/`, PACKAGE), { recursive: true }) as string[])
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => new URL(`${folder}/${name}`, PACKAGE)),
  );
  return files.flatMap((file) => {
    const text = readFileSync(file, "utf8");
    const plain = [...text.matchAll(/\b(?:it|describe)\(\s*(["`])((?:(?!\1).)*)\1/gs)].map(
      (match) => match[2]!,
    );
    const tables = [...text.matchAll(/\beventTable\("([\d.]+)"/g)].map((match) => `spec totem ${match[1]}`);
    return [...plain, ...tables];
  });
}

/** "spec totem 4, 4.1 and Q3" names 4, 4.1 and Q3. */
function sectionsNamed(title: string): string[] {
  const lists = [...title.matchAll(/spec totem ((?:(?:Q?\d+(?:\.\d+)?)(?:, | and )?)+)/g)];
  return lists.flatMap((match) => match[1]!.match(/Q?\d+(?:\.\d+)?/g) ?? []);
}

it("every section of the protocol has a test that names it", () => {
  const named = new Set(titles().flatMap(sectionsNamed));
  expect(named.size).toBeGreaterThan(0);
  expect(SECTIONS.filter((section) => !named.has(section))).toEqual([]);
});

it("reads sections from titles", () => {
  expect(sectionsNamed("start (spec totem 4, 4.1 and Q3), in 5 ms")).toEqual(["4", "4.1", "Q3"]);
  expect(sectionsNamed("a title without any 4.2")).toEqual([]);
});
