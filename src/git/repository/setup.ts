/** What changes rarely about a repository: where it is, how it is configured, what its index hides. Asked once, then remembered. */
import { join } from "node:path";
import { GitError } from "../../errors.js";
import { assertGitVersion, outputOf } from "../failures.js";
import { type GitCall, type GitOutcome, runGit } from "../run-git.js";
import { type IndexFacts, listIndexWords, parseIndexList } from "../status/index-facts.js";
import { type CodeTree, findCodeTree } from "../trees/code-tree.js";
import {
  type Configuration,
  configurationFiles,
  configurationVariables,
  listConfigurationWords,
  parseConfiguration,
  readConfiguration,
  redactAgain,
} from "./configuration.js";
import { findGitProgram } from "./git-program.js";
import { type Layout, layoutWords, parseLayout } from "./layout.js";
import { type Remembered, type RememberedLayout, readCache, writeCache } from "./setup-cache.js";
import { isSettled, isUnchanged, stampOf } from "./stamps.js";

export interface Setup extends Layout, Configuration {
  readonly version: string;
  /** The folder of the records, relative to the root; `undefined` when it is not in this repository. */
  readonly records: string | undefined;
  /** Tree of the commit that was asked for. */
  readonly tree: string;
  /** The same without Colophon's own records; `null` when it cannot be told. */
  readonly codeTree: string | null;
  readonly index: IndexFacts;
}

/** The answers are judged only after those of `git status`, which says best what is wrong with a repository. */
export interface AskedSetup {
  readonly assertVersion: () => void;
  readonly complete: (sha: string, recordsIn: (root: string) => string | undefined) => Promise<Setup>;
}

/** `undefined` for what is remembered. */
interface Answers {
  readonly version: GitOutcome | undefined;
  readonly layout: GitOutcome | undefined;
  readonly configuration: GitOutcome | undefined;
  readonly index: GitOutcome | undefined;
}

/** `hint`: the folder with the `.git` entry. `cache`: the folder to remember in. */
export async function captureSetup(
  call: GitCall,
  hint: string,
  cache: string | undefined,
): Promise<AskedSetup> {
  const begin = Date.now();
  const remembered = stillTrue(readCache(cache), hint, call.env);
  const answers = await ask(remembered, call);
  const program = remembered.program ?? learnProgram(answers.version!, call);
  return {
    assertVersion: () => assertGitVersion(program.version),
    complete: async (sha, recordsIn) => {
      const head = await findHead(sha, remembered, answers, call);
      const layout = remembered.layout ?? learnLayout(answers, call);
      const index = remembered.index ?? learnIndex(answers.index!, layout.layout, call);
      const records = recordsIn(layout.layout.root);
      const code = await findCode(head.tree, records, remembered.code, call);
      const known = { program, layout, head, index, code };
      // Where core.worktree puts the root elsewhere, the next capture could not find what is remembered.
      if (layout.layout.root === hint && !isSame(known, remembered)) writeCache(cache, settled(known, begin));
      const { version } = program;
      return {
        ...layout.layout,
        ...redactAgain(layout.configuration),
        version,
        records,
        tree: head.tree,
        codeTree: code.id,
        index: index.facts,
      };
    },
  };
}

/** The parts that nothing they depend on contradicts. A file that came with the repository cannot know the identity of its `.git`. */
function stillTrue(
  { program, layout, head, index, code }: Remembered,
  hint: string,
  env: NodeJS.ProcessEnv,
): Remembered {
  try {
    const isProgram = program?.stamp.path === findGitProgram(env) && isUnchanged(program.stamp);
    const isLayout =
      layout?.layout.root === hint &&
      layout.stamps.some(({ path, state }) => path === join(hint, ".git") && state !== "absent") &&
      layout.stamps.every(isUnchanged) &&
      JSON.stringify(layout.variables) === JSON.stringify(configurationVariables(env));
    return {
      ...(isProgram && { program }),
      ...(isLayout && { layout, ...(head && { head }), ...(code && { code }) }),
      ...(isLayout && index && isUnchanged(index.stamp) && { index }),
    };
  } catch {
    // Whoever wrote this file, it was not this program: nothing is remembered.
    return {};
  }
}

/** All at once, and nothing that is remembered. A commit rewrites the index, so with the index the commit's tree is asked for. */
async function ask({ program, layout, index }: Remembered, call: GitCall): Promise<Answers> {
  const unless = (known: object | undefined, words: readonly string[]) =>
    known === undefined ? runGit(words, call) : undefined;
  const answers = await Promise.all([
    unless(program, ["--version"]),
    unless(layout && index, layoutWords),
    unless(layout, listConfigurationWords),
    unless(index, listIndexWords),
  ]);
  return { version: answers[0], layout: answers[1], configuration: answers[2], index: answers[3] };
}

/** `git version 2.39.3 (Apple Git-145)` */
function learnProgram(answer: GitOutcome, { env }: GitCall): NonNullable<Remembered["program"]> {
  const version = /^git version (\S+)/.exec(answer.stdout.toString())?.[1];
  const stamp = stampOf(findGitProgram(env));
  if (version !== undefined) return { stamp, version };
  throw new GitError("GIT_NOT_STARTED", `${stamp.path} does not say which version of Git it is`, {
    hint: `See what it says: ${stamp.path} --version`,
    cause: new Error(answer.stderr),
  });
}

function learnLayout(answers: Answers, { env }: GitCall): RememberedLayout {
  const { layout } = parseLayout(answers.layout!, env);
  const entries = parseConfiguration(outputOf(answers.configuration!, env), layout.root);
  const { root, gitDirectory, commonDirectory } = layout;
  const files = [
    join(root, ".git"),
    join(gitDirectory, "HEAD"),
    join(gitDirectory, "commondir"),
    join(gitDirectory, "config.worktree"),
    join(commonDirectory, "config"),
    join(commonDirectory, "shallow"),
    ...configurationFiles(entries, env, findGitProgram(env)),
  ];
  return {
    stamps: [...new Set(files)].map(stampOf),
    variables: configurationVariables(env),
    layout,
    configuration: readConfiguration(entries),
  };
}

function learnIndex(
  answer: GitOutcome,
  { gitDirectory }: Layout,
  { env }: GitCall,
): NonNullable<Remembered["index"]> {
  return { stamp: stampOf(join(gitDirectory, "index")), facts: parseIndexList(outputOf(answer, env)) };
}

/** HEAD may have moved between two answers: only the tree of the very commit that the status named will do. */
async function findHead(
  sha: string,
  remembered: Remembered,
  { layout }: Answers,
  call: GitCall,
): Promise<NonNullable<Remembered["head"]>> {
  if (remembered.head?.sha === sha) return remembered.head;
  const answered = layout && parseLayout(layout, call.env).head;
  if (answered?.sha === sha) return answered;
  const asked = await runGit(["rev-parse", "--verify", "--end-of-options", `${sha}^{tree}`], call);
  return { sha, tree: outputOf(asked, call.env).toString().trim() };
}

async function findCode(
  tree: string,
  records: string | undefined,
  remembered: CodeTree | undefined,
  call: GitCall,
): Promise<CodeTree> {
  if (records === undefined) return { tree, records: "", id: tree };
  if (remembered?.tree === tree && remembered.records === records) return remembered;
  return findCodeTree(tree, records, call);
}

function isSame(known: Required<Remembered>, remembered: Remembered): boolean {
  return (Object.keys(known) as (keyof Remembered)[]).every((part) => known[part] === remembered[part]);
}

/** Without the parts that changed so shortly before they were read that the next change might look the same. */
function settled({ program, layout, head, index, code }: Required<Remembered>, begin: number): Remembered {
  return {
    ...(isSettled(program.stamp, begin) && { program }),
    ...(layout.stamps.every((stamp) => isSettled(stamp, begin)) && { layout }),
    ...(isSettled(index.stamp, begin) && { index }),
    head,
    code,
  };
}
