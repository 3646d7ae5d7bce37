/** A remote that somebody named, and the refs of runs that it has. */
import { GitError } from "../../errors.js";
import { parseRunRef } from "../../manifest/refs.js";
import { redactUrl } from "../../secrets/url.js";
import { outputOf } from "../failures.js";
import { type RemoteCall, runGit, runRemoteGit } from "../run-git.js";
import { isFullId } from "../trees/reachable.js";
import { unreachable } from "./remote-failures.js";

export interface Remote {
  readonly name: string;
  /** For people: without credentials. */
  readonly address: string;
  /** What Git is given to ask for refs; the name, unless it pushes to another place than it fetches from. */
  readonly asked: string;
  /** Addresses as they are configured, which never leave this process but to Git. */
  readonly addresses: readonly string[];
}

export interface RemotePlace {
  /** The work tree's root. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly mayAsk: boolean;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** @throws GitError when there is none of that name. */
export async function findRemote(
  name: string,
  direction: "push" | "fetch",
  { root, env }: RemotePlace,
): Promise<Remote> {
  const call = { directory: root, env };
  const names = outputOf(await runGit(["remote"], call), env)
    .toString()
    .split("\n")
    .filter(Boolean);
  if (!names.includes(name)) throw unknownRemote(name, names, root);
  const read = async (...words: string[]) => {
    const outcome = await runGit(["remote", "get-url", "--all", ...words, "--", name], call);
    return outputOf(outcome, env).toString().split("\n").filter(Boolean);
  };
  const fetched = await read();
  const addresses = direction === "fetch" ? fetched : await read("--push");
  const [first = ""] = addresses;
  return {
    name,
    address: redactUrl(first).value,
    asked: first === fetched[0] ? name : first,
    addresses: [...new Set([...fetched, ...addresses])],
  };
}

/** Refs of snapshots and records, by name, with the object each points to. Others are not looked at. @throws GitError */
export async function listRemoteRefs(
  remote: Remote,
  place: RemotePlace,
): Promise<ReadonlyMap<string, string>> {
  const words = ["ls-remote", "--refs", "--quiet", "--", remote.asked, "refs/colophon/*"];
  const outcome = await runRemoteGit(words, remoteCall(remote, place));
  if (outcome.status !== 0) throw unreachable(remote, "its refs could not be read", outcome);
  const lines = outcome.stdout.toString().split("\n");
  return new Map(
    lines.flatMap((line) => {
      const [commit = "", ref = ""] = line.split("\t");
      return isFullId(commit) && parseRunRef(ref) !== undefined ? [[ref, commit] as const] : [];
    }),
  );
}

/** A remote may be set up to mirror, prune or fetch tags; none of that is meant here. */
export function remoteCall(
  { name }: Pick<Remote, "name">,
  { root, env, mayAsk, onProgress }: RemotePlace,
): RemoteCall {
  return {
    directory: root,
    env,
    mayAsk,
    ...(onProgress !== undefined && { onStderr: onProgress }),
    settings: {
      [`remote.${name}.mirror`]: "false",
      [`remote.${name}.followRemoteHEAD`]: "never",
      [`remote.${name}.prune`]: "false",
      [`remote.${name}.pruneTags`]: "false",
    },
  };
}

function unknownRemote(name: string, names: readonly string[], root: string): GitError {
  const known = names.length === 0 ? "it has none" : `it has ${names.slice(0, 10).join(", ")}`;
  return new GitError(
    "NO_SUCH_REMOTE",
    `the repository at ${root} has no remote ${JSON.stringify(name)}; ${known}`,
    {
      hint:
        names.length === 0
          ? "Add one: git remote add origin ADDRESS"
          : `Name one of them: --remote ${names[0]}; or add it: git remote add NAME ADDRESS`,
    },
  );
}
