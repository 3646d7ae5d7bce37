/** Where a snapshot is made, and how Git is called for it. */
import { join } from "node:path";
import type { CapturedSource } from "../../capture.js";
import { type GitCall, type GitInput, type GitOutcome, runGit } from "../../run-git.js";

export interface Place {
  readonly captured: CapturedSource;
  /** A folder of our own, outside the work tree's view; removed afterwards. */
  readonly scratch: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where objects are written instead of the repository, which is still read. */
  readonly store?: string;
}

/** What a user's settings must not change about a snapshot. The manifest that names it is synced to disk, so the objects are too. */
const settings = [
  "core.fsync=loose-object,pack,reference",
  "core.fsyncMethod=batch",
  "core.ignoreStat=false",
  "core.logAllRefUpdates=false",
  "core.safecrlf=false",
  "core.splitIndex=false",
  "i18n.commitEncoding=UTF-8",
];

const settingWords = settings.flatMap((setting) => ["-c", setting]);

export interface PlaceCall {
  readonly input?: GitInput | Promise<GitInput>;
  /** Absolute; only this one Git sees it. */
  readonly index?: string;
  /** A folder that stands in for the work tree. */
  readonly workTree?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** `name=value`, for this one Git. */
  readonly settings?: readonly string[];
}

export function runInPlace(
  words: readonly string[],
  { captured, env, store }: Place,
  { input, index, workTree, variables, settings = [] }: PlaceCall = {},
): Promise<GitOutcome> {
  const call: GitCall = {
    directory: workTree ?? captured.root,
    env,
    ...(input !== undefined && { input }),
    alsoKept: {
      ...variables,
      ...(store !== undefined && {
        GIT_OBJECT_DIRECTORY: store,
        GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(join(captured.commonDirectory, "objects")),
      }),
      ...(index !== undefined && { GIT_INDEX_FILE: index }),
      ...(workTree !== undefined && { GIT_DIR: captured.gitDirectory, GIT_WORK_TREE: workTree }),
    },
  };
  return runGit([...settingWords, ...settings.flatMap((setting) => ["-c", setting]), ...words], call);
}

export function inScratch({ scratch }: Place, ...names: readonly string[]): string {
  return join(scratch, ...names);
}
