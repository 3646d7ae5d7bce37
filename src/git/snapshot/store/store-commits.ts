/** The commits of a snapshot, as objects. */
import { outputOf } from "../../failures.js";
import type { GitInput } from "../../run-git.js";
import { type Place, runInPlace } from "./place.js";

export interface CommitRequest {
  /** Of the run. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** From 1. No two make the same commit, nor therefore a pack of the same name. */
  readonly attempt: number;
}

/** What the commits are made of, as soon as it is there. */
export interface Trees {
  readonly tree: Promise<string>;
  /** The tree that is laid over the submodules. */
  readonly overlay: Promise<string> | null;
}

export interface Commits {
  readonly tree: string;
  readonly commit: string;
  readonly overlayTree: string | null;
  /** The second parent. */
  readonly overlay: string | null;
}

export async function storeCommits(
  { tree, overlay }: Trees,
  request: CommitRequest,
  place: Place,
): Promise<Commits> {
  const laid =
    overlay === null ? null : storeCommit(overlay, [], "Changed files of submodules", request, place);
  const parents = [Promise.resolve(place.captured.git.sha), ...(laid === null ? [] : [laid])];
  const commit = storeCommit(tree, parents, "Code of a run, as it was found", request, place);
  const stored = await Promise.all([tree, commit, overlay, laid]);
  return { tree: stored[0], commit: stored[1], overlayTree: stored[2], overlay: stored[3] };
}

/** Never the user: their name, keys and hooks are for what they commit themselves. */
const identity = "Colophon <colophon@localhost>";

/** The object as it is, with no setting to change it and no key to sign it. */
async function storeCommit(
  tree: Promise<string>,
  parents: readonly Promise<string>[],
  subject: string,
  { id, time, attempt }: CommitRequest,
  place: Place,
): Promise<string> {
  const date = `${Math.floor(time / 1000)} +0000`;
  const input = Promise.all([tree, ...parents]).then(([tree, ...parents]) =>
    [
      `tree ${tree}`,
      ...parents.map((parent) => `parent ${parent}`),
      `author ${identity} ${date}`,
      `committer ${identity} ${date}`,
      `\n${subject}\n`,
      `Colophon-Run: ${id}`,
      ...(attempt === 1 ? [] : [`Colophon-Attempt: ${attempt}`]),
      "",
    ].join("\n"),
  );
  const output = await ask(["hash-object", "-t", "commit", "-w", "--stdin"], input, place);
  return output.toString().trim();
}

/** A Git that starts now and waits. What makes its input fail says more than the Git that never got it. */
export async function ask(words: readonly string[], input: Promise<GitInput>, place: Place): Promise<Buffer> {
  const [outcome] = await Promise.all([runInPlace(words, place, { input }), input]);
  return outputOf(outcome, place.env);
}
