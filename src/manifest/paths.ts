/** Paths inside manifests: POSIX, relative, inside their root by spelling alone. Links are a question for `files/`. */

const reservedOnWindows = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$/i;

/** What is wrong with an artifact path, as the end of a sentence that begins with the path; `undefined` if nothing is. */
export function faultOfPath(path: string): string | undefined {
  if (path === "") return "is empty";
  if (path.startsWith("/")) return "is absolute";
  if (/^[A-Za-z]:/.test(path)) return "begins with a drive letter";
  if (path.includes("\\")) return "holds a backslash";
  if (/[\u0000-\u001f\u007f]/.test(path)) return "holds a control character";
  for (const segment of path.split("/")) {
    if (segment === "") return "has an empty segment";
    if (segment === "." || segment === "..") return `has the segment "${segment}"`;
    if (segment.startsWith("-")) return `has the segment "${segment}", which reads as an option`;
    if (new TextEncoder().encode(segment).length > 255) return "has a segment of more than 255 bytes";
    if (reservedOnWindows.test(segment)) return `has the segment "${segment}", which is reserved on Windows`;
  }
  return undefined;
}
