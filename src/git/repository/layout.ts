/** Where a repository keeps what. */
import { GitError } from "../../errors.js";
import type { Source } from "../../generated/types.js";
import { outputOf } from "../failures.js";
import type { GitOutcome } from "../run-git.js";

export interface Layout {
  /** Of the work tree; absolute, without links. */
  readonly root: string;
  /** The work tree's own. */
  readonly gitDirectory: string;
  /** The one that linked work trees share. */
  readonly commonDirectory: string;
  readonly objectFormat: Source["object_format"];
  readonly shallow: boolean;
}

export interface Head {
  readonly sha: string;
  readonly tree: string;
}

/** One line each, in this order. */
export const layoutWords = [
  "rev-parse",
  "--path-format=absolute",
  "--is-shallow-repository",
  "--show-object-format",
  "HEAD",
  "HEAD^{tree}",
  "--show-toplevel",
  "--absolute-git-dir",
  "--git-common-dir",
];

export function parseLayout(answer: GitOutcome, env: NodeJS.ProcessEnv): { layout: Layout; head: Head } {
  const lines = outputOf(answer, env).toString().replace(/\n$/, "").split("\n");
  const [shallow, objectFormat, sha = "", tree = "", root = "", gitDirectory = "", commonDirectory = ""] =
    lines;
  if (lines.length !== layoutWords.length - 2) {
    throw new GitError(
      "GIT_UNREADABLE",
      `the path of the repository at ${answer.directory} contains a line break`,
      {
        hint: "Rename the folder.",
      },
    );
  }
  return {
    layout: {
      root,
      gitDirectory,
      commonDirectory,
      objectFormat: objectFormat as Layout["objectFormat"],
      shallow: shallow === "true",
    },
    head: { sha, tree },
  };
}
