/** What a run came from besides its data: code, edits, seed, parameters, environment, and other runs. */
import { type CheckedRun, togetherOf } from "./check-run.js";
import { addLink, addNode, contentNode, runNode } from "./graph.js";
import { type KnownRun, membersOf, textOf } from "./index-runs.js";
import type { Walk } from "./trace-back.js";

export function addOrigins(run: KnownRun, checked: CheckedRun, depth: number, walk: Walk): void {
  const below = { run, from: `run:${run.id}`, depth: depth + 1, checked, walk };
  addCommit(below);
  addSnapshot(below);
  addSeed(below);
  addParameters(below);
  addEnvironment(below);
  addRelatives(below);
}

interface Below {
  readonly run: KnownRun;
  readonly from: string;
  readonly depth: number;
  readonly checked: CheckedRun;
  readonly walk: Walk;
}

function addCommit({ from, depth, checked: { record, commit }, walk: { graph } }: Below): void {
  const { sha, branch } = membersOf(record.manifest?.git);
  if (typeof sha !== "string") return;
  const told = ["reachable", "pushed"].flatMap((subject) => {
    const check = commit.find((one) => one.subject === subject);
    if (check === undefined) return [];
    if (subject === "reachable")
      return [check.state === "ok" ? `in ${check.found}` : (check.reason ?? "not reachable")];
    return [check.reason ?? `pushed to ${check.found}`];
  });
  const id = addNode(graph, {
    id: `commit:${sha}`,
    kind: "commit",
    label: `${sha.slice(0, 7)} ${branch === "HEAD" ? "(detached)" : branch}`,
    digest: sha,
    detail: told.length === 0 ? null : told.join(", "),
    depth,
  });
  addLink(graph, from, "ran-from", id, togetherOf(commit));
}

/** Nothing for a clean tree: its commit is the code. */
function addSnapshot({ run, from, depth, checked: { record, snapshot }, walk: { graph } }: Below): void {
  const recorded = membersOf(membersOf(record.manifest?.[record.namespace]).snapshot);
  const isDirty = membersOf(record.manifest?.git).dirty === true;
  if (recorded.state !== "stored" && !isDirty) return;
  const commit = textOf(recorded.commit);
  const files = membersOf(recorded.files).stored;
  const notes = snapshot.filter(({ severity, reason }) => severity === "notice" && reason !== null);
  const id = addNode(graph, {
    id: `snapshot:${run.id}`,
    kind: "snapshot",
    label: commit === null ? "edits that were not committed" : commit.slice(0, 7),
    digest: commit,
    detail:
      [
        ...(typeof files === "number" ? [`${files} ${files === 1 ? "file" : "files"}`] : []),
        ...notes.map(({ reason }) => reason as string),
      ].join(", ") || null,
    depth,
  });
  addLink(graph, from, "edits-in", id, togetherOf(snapshot));
}

function addSeed({ run, from, depth, checked: { record, inputs }, walk: { graph } }: Below): void {
  const seed = [record.manifest?.data_provenance, record.provenance]
    .map(membersOf)
    .find(({ kind }) => kind === "synthetic");
  if (seed === undefined) return;
  const id = addNode(graph, { id: `seed:${run.id}`, kind: "seed", label: `seed ${seed.seed}`, depth });
  addLink(graph, from, "seeded-by", id, togetherOf(inputs));
}

/** What is true of the data that a seed made, where the run kept it. */
export async function addTruths(
  run: KnownRun,
  { record }: CheckedRun,
  depth: number,
  walk: Walk,
): Promise<void> {
  const seed = `seed:${run.id}`;
  if (!walk.graph.nodes.has(seed)) return;
  for (const { name, sha256 } of walk.checker.truthsOf(run)) {
    const result = await walk.checker.checkArtifact(record, name);
    const { state, reason } = result ?? { state: "unknown" as const, reason: "no digest of it was recorded" };
    const node = addNode(walk.graph, contentNode(sha256, name, depth + 2));
    addLink(walk.graph, seed, "described-by", node, { name, state, reason });
  }
}

/** The file that was given, as the run kept it, and what was said besides. */
function addParameters({ run, from, depth, checked: { record, own }, walk: { graph } }: Below): void {
  const params = membersOf(record.manifest?.params);
  const names = Object.keys(params).filter((name) => name !== "argv");
  const command = membersOf(membersOf(record.manifest?.[record.namespace]).command);
  const config = textOf(command.config);
  const kept = textOf(membersOf(record.run?.artifacts).config_source);
  if (names.length === 0 && config === null) return;
  const about = own.filter(({ subject, check }) => check === "sums" && subject === kept);
  const id = addNode(graph, {
    id: `parameters:${run.id}`,
    kind: "parameters",
    label: config ?? "the command line",
    detail:
      names.length === 0
        ? null
        : `${names.slice(0, 6).join(", ")}${names.length > 6 ? `, and ${names.length - 6} more` : ""}`,
    depth,
  });
  addLink(graph, from, "configured-by", id, about.length === 0 ? {} : togetherOf(about));
}

function addEnvironment({ run, from, depth, checked: { record }, walk: { graph } }: Below): void {
  const versions = Object.entries(membersOf(record.manifest?.env));
  if (versions.length === 0) return;
  const label = versions
    .toSorted(([a], [b]) => Number(a === "platform") - Number(b === "platform"))
    .map(([name, version]) => (name === "platform" ? String(version) : `${name} ${version}`))
    .join(", ");
  const id = addNode(graph, { id: `environment:${run.id}`, kind: "environment", label, depth });
  addLink(graph, from, "ran-in", id);
}

/** Named, and not gone into: they are no source of what this run left. */
function addRelatives({ run, from, depth, walk: { graph, index } }: Below): void {
  for (const { relation, id } of run.relatives) {
    const known = index.runs.get(id);
    const node =
      known === undefined
        ? { id: `run:${id}`, kind: "run" as const, label: id, run: id, depth }
        : runNode(known, depth);
    addNode(graph, node);
    const reason = known === undefined ? "it is not recorded in this project" : null;
    addLink(graph, from, relation, node.id, { state: known === undefined ? "not-here" : "ok", reason });
  }
}
