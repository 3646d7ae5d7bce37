/** The id of an experiment: `20261120T104207Z_3f9c2e1_k3f9q2`, its time, commit and six random characters. */

const form = /^[0-9]{8}T[0-9]{6}Z_[0-9a-f]{7}_[0-9a-z]{6}$/;

const idLength = "20261120T104207Z_3f9c2e1_k3f9q2".length;
const folderLength = "2026-11/".length + idLength;

export const suffixAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
export const suffixLength = 6;

/** `.gitignore` has no quantifiers, so the form is written out, character class by character class. */
export const idAsGlob = `${"[0-9]".repeat(8)}T${"[0-9]".repeat(6)}Z_${"[0-9a-f]".repeat(7)}_${"[0-9a-z]".repeat(6)}`;
export const monthAsGlob = `${"[0-9]".repeat(4)}-${"[0-9]".repeat(2)}`;

/** `timestampUtc` as in the manifest; `sha` of the commit; `suffix` six characters of `suffixAlphabet`. */
export function formatExperimentId(timestampUtc: string, sha: string, suffix: string): string {
  const time = timestampUtc.slice(0, 19).replaceAll(/[-:]/g, "");
  return `${time}Z_${sha.slice(0, 7)}_${suffix}`;
}

export function isExperimentId(text: string): boolean {
  return form.test(text);
}

/** The folder of a run below the records folder: `2026-11/<id>`. */
export function folderOfExperiment(id: string): string {
  return `${id.slice(0, 4)}-${id.slice(4, 6)}/${id}`;
}

/**
 * Whether a path, relative to the repository's root, is Colophon's own: the records folder's `.gitignore`, or anything in
 * a run folder. Everything else below the records folder is the user's; where the folder lies outside (`undefined`), all is.
 */
export function isOwnPath(path: string, records: string | undefined): boolean {
  if (records === undefined) return false;
  const prefix = records === "" || records === "." ? "" : `${records}/`;
  if (!path.startsWith(prefix)) return false;
  const below = path.slice(prefix.length);
  if (below === ".gitignore") return true;
  // Asked of every file of every run that is not committed yet.
  const folder = below.slice(0, folderLength);
  const id = folder.slice(-idLength);
  return below[folderLength] === "/" && isExperimentId(id) && folderOfExperiment(id) === folder;
}

/** The last six characters, which name a run among people. */
export function suffixOf(id: string): string {
  return id.slice(id.lastIndexOf("_") + 1);
}
