/** The files of a run as a commit, byte for byte as they lie there: no filter, no attribute, no line ending is asked about. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outputOf } from "../failures.js";
import { type GitInput, runGit } from "../run-git.js";

export interface RecordFile {
  /** Relative to the run folder, a character for each byte. */
  readonly path: string;
  /** Absolute. */
  readonly location: string | Buffer;
  readonly isExecutable: boolean;
}

export interface RecordsRequest {
  readonly id: string;
  /** Milliseconds since 1970: the same files of the same run make the same commit everywhere. */
  readonly time: number;
  readonly files: readonly RecordFile[];
  /** How many files of the run are not among them. */
  readonly leftOut: number;
}

/** Gives the commit's id; no ref keeps it yet. @throws GitError */
export async function storeRecords(
  root: string,
  request: RecordsRequest,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const scratch = mkdtempSync(join(tmpdir(), "colophon-records-"));
  const ask = async (words: readonly string[], input?: GitInput) => {
    const alsoKept = { GIT_INDEX_FILE: join(scratch, "index") };
    const call = { directory: root, env, alsoKept, ...(input !== undefined && { input }) };
    return outputOf(await runGit(words, call), env).toString();
  };
  try {
    const paths = request.files.map(({ location }) => `${quotePath(location)}\n`).join("");
    const blobs = (await ask(["hash-object", "-w", "--no-filters", "--stdin-paths"], paths)).split("\n");
    const entries = request.files.map(({ path, isExecutable }, index) =>
      Buffer.from(`${isExecutable ? 100755 : 100644} ${blobs[index]}\t${request.id}/${path}\0`, "latin1"),
    );
    await ask(["-c", "core.splitIndex=false", "update-index", "-z", "--index-info"], Buffer.concat(entries));
    const tree = (await ask(["write-tree"])).trim();
    const commit = formatCommit(tree, request);
    return (await ask(["hash-object", "-t", "commit", "-w", "--stdin"], commit)).trim();
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** As Git reads names that hold more than letters: in quotes, each other byte by its number. */
function quotePath(location: string | Buffer): string {
  const bytes = Buffer.from(location as string).toString("latin1");
  const quoted = bytes.replaceAll(/["\\]|[^ -~]/g, (character) => {
    return `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`;
  });
  return `"${quoted}"`;
}

/** Never the user: their name, keys and hooks are for what they commit themselves. */
function formatCommit(tree: string, { id, time, leftOut }: RecordsRequest): string {
  const by = `Colophon <colophon@localhost> ${Math.floor(time / 1000)} +0000`;
  return [
    `tree ${tree}`,
    `author ${by}`,
    `committer ${by}`,
    "",
    "Files of a run",
    "",
    `Colophon-Run: ${id}`,
    ...(leftOut === 0 ? [] : [`Colophon-Left-Out: ${leftOut}`]),
    "",
  ].join("\n");
}
