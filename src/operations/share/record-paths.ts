/** Which files make up a run that travels. Asked of what is sent, and again, without any trust, of what arrives. */
import { faultOfPath } from "../../manifest/paths.js";

/** Directly below a run folder; folders end in a slash. Those of stages are the origin project's. */
const ownNames =
  /^(manifest\.json|run_manifest\.json|SHA256SUMS|reconciled\.jsonl|metrics[^/]*\.jsonl|samples[^/]*(\/.*)?|(logs|artifacts|[0-9]{2}_[a-z0-9_]+)\/.+)$/s;

/** Names under which some file system finds Git's own folder. */
const gitFolder = /^(\.git|git~[0-9]+)[. ]*(:.*)?$/i;

/** `path`: relative to the run folder, a character for each byte. What is wrong with it, or `undefined`. */
export function faultOfRecordPath(path: string): string | undefined {
  const fault = path.startsWith("artifacts/") ? faultOfKeptPath(path) : faultOfPath(path);
  if (fault !== undefined) return fault;
  if (path.split("/").some((segment) => gitFolder.test(segment))) return "names Git's own folder";
  if (!ownNames.test(path)) return "is no file of a run";
  if (!path.startsWith("artifacts/") && /(^|\/)\./.test(path))
    return "is a hidden file outside of artifacts/";
  return undefined;
}

/** What a user keeps may be named as the user likes, as long as it stays where it belongs. */
function faultOfKeptPath(path: string): string | undefined {
  if (path.includes("\0")) return "holds a NUL character";
  const odd = path.split("/").find((segment) => segment === "" || segment === "." || segment === "..");
  return odd === undefined ? undefined : `has the segment "${odd}"`;
}

/** Files that keep a folder out of Git, which every place makes for itself. */
export function isOwnIgnore(path: string): boolean {
  return path === "logs/.gitignore" || path === "artifacts/.gitignore";
}
