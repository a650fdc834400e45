// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Why the packages under node_modules are not those that package-lock.json names.
 *
 * npm keeps a second lock file inside node_modules that says what lies there. Comparing the two
 * needs no time stamps, which a fresh clone or a copied folder does not keep.
 *
 * @param {string} root folder of the workspace's package.json
 * @returns {string | undefined} the first difference in words; undefined when nothing is to be done
 */
export function whyInstall(root) {
  const wanted = readPackages(join(root, "package-lock.json"));
  if (wanted === undefined) return "package-lock.json cannot be read";
  const present = readPackages(join(root, "node_modules", ".package-lock.json"));
  if (present === undefined) return "nothing is installed yet";
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.startsWith("node_modules/")) continue;
    const found = present[path];
    // An optional package that does not suit this machine is rightly absent.
    if (found === undefined && entry.optional) continue;
    if (found === undefined) return `${path} is missing`;
    if (found.version !== entry.version || found.integrity !== entry.integrity) return `${path} has changed`;
  }
  return undefined;
}

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional]
 */

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage> | undefined} undefined when the file is absent or damaged
 */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}
