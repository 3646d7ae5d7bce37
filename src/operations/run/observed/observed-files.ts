/** The files that a command and its children were seen to open, as the record has them. */
import type { ObservedFiles } from "../../../generated/types.js";
import type { PathState } from "../../../git/status/path-states.js";
import type { ObservedEvent, ObservedPath } from "../../../process/observe/observed-event.js";
import type { Redacted, Redactions } from "../../../secrets/redactions.js";
import type { BegunRun } from "../run-request.js";
import { blindSpots } from "./blind-spots.js";
import { type Declaration, type DeclarationPorts, declarationsOf } from "./declared.js";
import { type DigestObservedPorts, digestListed } from "./digest-listed.js";
import { looksLikeData } from "./groups.js";
import { gatherHistories, type Observed } from "./histories.js";
import { type Listed, type ListPorts, sortOut } from "./sort-out.js";

export interface ObservationFacts {
  readonly asked: "injected" | "strace";
  /** `null` where the command ran unobserved. */
  readonly how: "injected" | "strace" | null;
  readonly fault: string | null;
  readonly variables: readonly string[];
  readonly events: () => AsyncIterable<ObservedEvent>;
}

export interface ObservedFilesPorts extends DeclarationPorts, ListPorts, DigestObservedPorts {
  /** `null` where Git cannot tell; paths relative to the repository's root. */
  readonly gitStates: (
    root: string,
    paths: readonly ObservedPath[],
  ) => Promise<ReadonlyMap<ObservedPath, PathState> | null>;
  /** Whether a path, relative to the repository's root with `/`, is Colophon's own. */
  readonly isOwn: (path: ObservedPath) => boolean;
  readonly nameOf: (path: ObservedPath) => { readonly path: string; readonly path_base64?: string };
  readonly redactText: (text: string) => Redacted<string>;
  readonly mergeRedactions: (...all: readonly Redactions[]) => Redactions;
}

type File = ObservedFiles["files"][number];

/** A list of thousands is read by nobody; what is not listed is counted. */
const mostFiles = 1_000;

export async function buildObservedFiles(
  begun: BegunRun,
  facts: ObservationFacts,
  ports: ObservedFilesPorts,
): Promise<ObservedFiles> {
  const { root } = begun.prepared.captured;
  const declarations = declarationsOf(begun, ports);
  const observed = await gatherHistories(facts.events());
  const { listed, groups, temporary } = sortOut(observed, root, declarations, ports);
  const inside = listed.flatMap(({ inside }) => (inside === undefined ? [] : [inside]));
  const states = inside.length === 0 ? null : await ports.gitStates(root, inside);
  const known = listed.map((file) => ({ ...file, git: stateIn(states, file) }));
  const kept = theImportant(known);
  const digested = await digestListed(kept, ports);
  const redactions: Redactions[] = [];
  const named = digested.map((file) => ({ file, entry: entryOf(file, ports, redactions) }));
  named.sort((a, b) => (a.entry.path < b.entry.path ? -1 : a.entry.path > b.entry.path ? 1 : 0));
  const only = (wanted: (file: Known) => boolean) =>
    named
      .filter(({ file }) => wanted(file))
      .map(({ entry: { path, path_base64 } }) => ({
        path,
        ...(path_base64 !== undefined && { path_base64 }),
      }));
  const omitted = (wanted: (file: Known) => boolean) =>
    known.filter(wanted).length - kept.filter(wanted).length;
  const spots = blindSpots(begun, facts, observed);
  return {
    observed_version: 1,
    asked: facts.asked,
    how: facts.how,
    fault: facts.fault === null ? null : withoutSecrets(facts.fault, ports, redactions),
    variables: [...facts.variables],
    mechanisms: mechanismsOf(observed),
    files: named.map(({ entry }) => entry),
    files_omitted: known.length - kept.length,
    groups,
    temporary,
    read_not_declared: only(isUndeclaredRead),
    read_not_declared_omitted: omitted(isUndeclaredRead),
    written_not_declared: only(isUndeclaredOutput),
    written_not_declared_omitted: omitted(isUndeclaredOutput),
    complete: facts.how === "strace" && spots.length === 0,
    lost: observed.lost,
    capped: observed.capped,
    blind_spots: spots.map(({ what, names }) => ({
      what,
      names: names.map((name) => withoutSecrets(name, ports, redactions)),
    })),
    redactions: ports.mergeRedactions(...redactions),
  };
}

export interface Known extends Listed {
  readonly git: File["git"];
}

/** Of what is gone, Git knows only what it tracks. */
function stateIn(
  states: ReadonlyMap<ObservedPath, PathState> | null,
  { inside, found }: Listed,
): File["git"] {
  const state = (inside === undefined ? undefined : states?.get(inside)) ?? null;
  return state !== "tracked" && found.state === "absent" ? null : state;
}

/** Its content was there before the command wrote to it, and neither a declaration nor the record of the code holds it. */
function isUndeclaredRead({ history, found, declaration, inside, git }: Known): boolean {
  if (!history.read || history.first !== "read" || declaration !== undefined) return false;
  if (found.state !== "file" && !history.deleted) return false;
  const isCode = inside !== undefined && (git === "tracked" || git === "untracked" || git === null);
  return !isCode || looksLikeData(inside);
}

function isUndeclaredOutput({ history, found, declaration }: Known): boolean {
  return history.written && found.state === "file" && declaration?.as !== "artifact";
}

/** What nobody declared is what somebody will look for; then what was written, then the rest. */
function theImportant(files: readonly Known[]): Known[] {
  const rank = (file: Known) => (isUndeclaredRead(file) ? 0 : file.history.written ? 1 : 2);
  return [...files].sort((a, b) => rank(a) - rank(b)).slice(0, mostFiles);
}

function entryOf(
  file: Known & { readonly sha256: string | null; readonly undigested: File["undigested"] },
  ports: ObservedFilesPorts,
  redactions: Redactions[],
): File {
  const { history, found, inside, declaration, git, sha256, undigested, root } = file;
  const isFile = found.state === "file";
  return {
    ...nameWithoutSecrets(inside ?? file.path, ports, redactions),
    place: inside === undefined ? "outside" : "inside",
    git,
    declared:
      declaration === undefined ? null : { as: declaration.as, name: declarationName(declaration, ports) },
    first: history.first,
    read: history.read,
    written: history.written,
    deleted: history.deleted && !isFile,
    renamed_to:
      history.renamedTo === null || isFile
        ? null
        : nameWithoutSecrets(shorten(history.renamedTo, root), ports, redactions).path,
    state: stateOf(file),
    size_bytes: isFile ? found.size : null,
    sha256,
    undigested,
    by: [...history.by].sort(),
    processes: history.processes.size,
  };
}

function stateOf({ history, found, isAsOpened }: Known): File["state"] {
  if (found.state === "absent") return "gone";
  if (found.state === "other") return "not_regular";
  if (found.state === "unreadable") return "unreadable";
  if (history.first === "write") return "written";
  return isAsOpened ? "as_opened" : "changed";
}

/** Exact bytes stand beside a name only where nothing was taken out of it. */
function nameWithoutSecrets(
  path: ObservedPath,
  { nameOf, redactText }: ObservedFilesPorts,
  redactions: Redactions[],
): { path: string; path_base64?: string } {
  const name = nameOf(path);
  const { value, redactions: removed } = redactText(name.path);
  redactions.push(removed);
  return value === name.path ? name : { path: value };
}

function withoutSecrets(text: string, { redactText }: ObservedFilesPorts, redactions: Redactions[]): string {
  const { value, redactions: removed } = redactText(text);
  redactions.push(removed);
  return value;
}

function declarationName({ name }: Declaration, { redactText }: ObservedFilesPorts): string {
  return redactText(name).value;
}

function shorten(path: ObservedPath, root: ObservedPath): ObservedPath {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

function mechanismsOf({ processes }: Observed): ObservedFiles["mechanisms"] {
  const names = [...new Set([...processes.values()].map(({ by }) => by))].sort();
  return names.map((name) => {
    const all = [...processes.values()].filter(({ by }) => by === name);
    const versions = new Set(all.flatMap(({ version }) => (version === null ? [] : [version])));
    return { name, processes: all.length, versions: [...versions].sort() };
  });
}
