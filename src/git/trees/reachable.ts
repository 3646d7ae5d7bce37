/** Which commits a repository still has, what keeps them there, and whether they were pushed; asked for many at once. */
import { outputOf } from "../failures.js";
import { type GitCall, runGit } from "../run-git.js";

export interface FoundCommit {
  /** Whether the object is there, and is a commit. */
  readonly there: boolean;
  /** Full id; `null` when the commit is not there or cannot be read. */
  readonly tree: string | null;
  /** What keeps it from being collected as garbage; `unknown` where the history cannot be walked. */
  readonly keptBy: "branch" | "remote" | "other-ref" | "nothing" | "unknown";
  /** A branch or tag that contains it, by its short name; `null` where there is none, or where many had to be asked. */
  readonly ref: string | null;
  /** `null` where it cannot be told. */
  readonly pushed: boolean | null;
  /** A remote-tracking branch that contains it, as for `ref`. */
  readonly remote: string | null;
}

export interface Reachable {
  readonly commits: ReadonlyMap<string, FoundCommit>;
  /** Why what is missing may lie elsewhere: the history is cut off, or objects are fetched when they are needed. */
  readonly cut: "shallow" | "partial" | null;
  readonly hasRemotes: boolean;
}

/**
 * Full ids. A handful of processes, however many commits are asked about. Nothing is fetched.
 *
 * @throws GitError when the repository cannot be read at all.
 */
export async function findReachable(
  directory: string,
  asked: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Reachable> {
  const call: GitCall = { directory, env };
  const wanted = [...new Set(asked)].filter(isFullId);
  const [trees, refs] = await Promise.all([findTrees(wanted, call), listRefs(call)]);
  const there = wanted.filter((commit) => trees.has(commit));
  const branches = await divide(there, [...refs.branches, ...refs.tags], ["--branches", "--tags"], call);
  const remotes = await divide(there, refs.remotes, ["--remotes"], call);
  const loose = branches.others.filter((commit) => !remotes.held.has(commit));
  const others = loose.length === 0 ? nobody : await divide(loose, [], ["--all"], call);
  const whyKept = (commit: string): FoundCommit["keptBy"] => {
    if (branches.held.has(commit)) return "branch";
    if (remotes.held.has(commit)) return "remote";
    if (others.held.has(commit)) return "other-ref";
    return branches.isWalked && others.isWalked ? "nothing" : "unknown";
  };
  const unpushed = refs.remotes.length > 0 ? remotes.others.length : 0;
  const isWhole = there.length === wanted.length && loose.length + unpushed === 0;
  return {
    commits: new Map(
      wanted.map((commit) => [
        commit,
        {
          there: trees.has(commit),
          tree: trees.get(commit) ?? null,
          keptBy: whyKept(commit),
          ref: branches.held.get(commit) ?? null,
          pushed: remotes.held.has(commit) || (remotes.isWalked ? false : null),
          remote: remotes.held.get(commit) ?? null,
        },
      ]),
    ),
    cut: isWhole ? null : await findCut(call),
    hasRemotes: refs.remotes.length > 0,
  };
}

/** Ids come from manifests: what is none never reaches Git, where it could be an option or a range. */
export function isFullId(id: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(id);
}

/** Of the commits that are there; `null` for a tree that is not. */
async function findTrees(commits: readonly string[], call: GitCall): Promise<Map<string, string | null>> {
  if (commits.length === 0) return new Map();
  const input = linesOf(commits.flatMap((commit) => [commit, `${commit}^{tree}`]));
  const outcome = await runGit(["cat-file", "--batch-check"], { ...call, input });
  if (outcome.status !== 0) {
    const there = await listPresent(commits, call);
    const trees = await readTrees(there, call);
    return new Map(there.map((commit) => [commit, trees.get(commit) ?? null]));
  }
  const answers = outcome.stdout.toString().split("\n");
  return new Map(
    commits.flatMap((commit, index) => {
      const [tree = "", type] = (answers[2 * index + 1] ?? "").split(" ");
      const isThere = answers[2 * index]?.startsWith(`${commit} commit `);
      return isThere ? [[commit, type === "tree" ? tree : null] as const] : [];
    }),
  );
}

export async function listPresent(commits: readonly string[], call: GitCall): Promise<string[]> {
  if (commits.length === 0) return [];
  const outcome = await runGit(["cat-file", "--batch-check"], { ...call, input: linesOf(commits) });
  const answers = outputOf(outcome, call.env).toString().split("\n");
  return commits.filter((commit, index) => answers[index]?.startsWith(`${commit} commit `));
}

/** By commit. One damaged commit stops Git, so then each is asked for itself. */
export async function readTrees(commits: readonly string[], call: GitCall): Promise<Map<string, string>> {
  if (commits.length === 0) return new Map();
  const words = ["log", "--no-walk=unsorted", "--stdin", "--format=%H %T"];
  const { status, stdout } = await runGit(words, { ...call, input: linesOf(commits) });
  if (status === 0)
    return new Map(
      stdout
        .toString()
        .split("\n")
        .map((line) => line.split(" "))
        .flatMap(([commit, tree]) => (commit && tree ? [[commit, tree] as const] : [])),
    );
  if (commits.length === 1) return new Map();
  const each = await inTurn(commits, (commit) => readTrees([commit], call));
  return new Map(each.flatMap((trees) => [...trees]));
}

interface Refs {
  /** Full names; the current branch first. */
  readonly branches: readonly string[];
  readonly tags: readonly string[];
  /** That which the current branch follows first. */
  readonly remotes: readonly string[];
}

async function listRefs(call: GitCall): Promise<Refs> {
  const format = "--format=%(HEAD) %(refname) %(upstream)";
  const kinds = ["refs/heads", "refs/remotes", "refs/tags"];
  const outcome = await runGit(["for-each-ref", format, ...kinds], call);
  const lines = outputOf(outcome, call.env).toString().split("\n").filter(Boolean);
  const refs = lines.map((line) => {
    const [name = "", upstream = ""] = line.slice(2).split(" ");
    return { name, upstream, isCurrent: line.startsWith("*") };
  });
  const current = refs.find(({ isCurrent }) => isCurrent);
  const below = (folder: string, first: string | undefined) =>
    refs
      .map(({ name }) => name)
      .filter((name) => name.startsWith(folder) && !name.endsWith("/HEAD"))
      .sort((a, b) => Number(b === first) - Number(a === first));
  return {
    branches: below("refs/heads/", current?.name),
    tags: below("refs/tags/", undefined),
    remotes: below("refs/remotes/", current?.upstream),
  };
}

interface Divided {
  /** The commits that some ref contains, with its short name where that is known. */
  readonly held: ReadonlyMap<string, string | null>;
  readonly others: readonly string[];
  /** Whether the others are known to be in none of them. */
  readonly isWalked: boolean;
}

const nobody: Divided = { held: new Map(), others: [], isWalked: true };

/** So many refs are asked one by one for their name's sake. */
const mostNamed = 4;

/** `selection`: the options that stand for all the refs. */
async function divide(
  commits: readonly string[],
  refs: readonly string[],
  selection: readonly string[],
  call: GitCall,
): Promise<Divided> {
  const held = new Map<string, string | null>();
  const take = (rest: readonly string[], outside: ReadonlySet<string>, name: string | null) => {
    for (const commit of rest) if (!outside.has(commit)) held.set(commit, name);
    return rest.filter((commit) => outside.has(commit));
  };
  const [first, ...more] = refs.slice(0, mostNamed);
  let rest = commits;
  if (first !== undefined) rest = take(rest, await listOutside(rest, [first], call), shortName(first));
  if (rest.length === 0 || (first === undefined && selection[0] !== "--all"))
    return { held, others: rest, isWalked: true };
  const inNone = await listInNone(rest, selection, call);
  let unnamed = rest.filter((commit) => inNone?.has(commit) !== true);
  for (const ref of more) {
    if (unnamed.length > 0) unnamed = take(unnamed, await listOutside(unnamed, [ref], call), shortName(ref));
  }
  if (inNone === null) return { held, others: unnamed, isWalked: false };
  take(unnamed, new Set(), null);
  return { held, others: rest.filter((commit) => inNone.has(commit)), isWalked: true };
}

/** Git stops walking where it believes to have seen enough, judging by dates: what it finds outside is looked for once more. `null` where the history has a hole. */
async function listInNone(
  commits: readonly string[],
  selection: readonly string[],
  call: GitCall,
): Promise<ReadonlySet<string> | null> {
  const outside = await listOutside(commits, selection, call);
  if (outside.size === 0) return outside;
  const { status, stdout } = await runGit(["rev-list", ...selection], call);
  if (status !== 0) return null;
  const reached = new Set(stdout.toString("latin1").split("\n"));
  return new Set([...outside].filter((commit) => !reached.has(commit)));
}

/** Those that these refs do not contain. A history with a hole in it cannot be walked; then none is known to be contained. */
async function listOutside(
  commits: readonly string[],
  refs: readonly string[],
  call: GitCall,
): Promise<ReadonlySet<string>> {
  if (commits.length === 0) return new Set();
  const words = ["rev-list", "--stdin", "--not", ...refs, "--"];
  const { status, stdout } = await runGit(words, { ...call, input: linesOf(commits) });
  if (status !== 0) return new Set(commits);
  const printed = new Set(stdout.toString("latin1").split("\n"));
  return new Set(commits.filter((commit) => printed.has(commit)));
}

async function findCut(call: GitCall): Promise<Reachable["cut"]> {
  const answer = await runGit(["rev-parse", "--is-shallow-repository"], call);
  if (answer.stdout.toString().trim() === "true") return "shallow";
  const promises = ["config", "--get-regexp", "^(extensions\\.partialclone|remote\\..*\\.promisor)$"];
  return (await runGit(promises, call)).stdout.length > 0 ? "partial" : null;
}

export function shortName(ref: string): string {
  return ref.replace(/^refs\/(heads|tags|remotes)\//, "");
}

export function linesOf(ids: readonly string[]): string {
  return ids.map((id) => `${id}\n`).join("");
}

export async function inTurn<A, B>(items: readonly A[], ask: (item: A) => Promise<B>): Promise<B[]> {
  const answers: B[] = [];
  for (const item of items) answers.push(await ask(item));
  return answers;
}
