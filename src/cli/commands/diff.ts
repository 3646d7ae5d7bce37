import { exitStatus, UsageError } from "../../errors.js";
import { checkNamespace } from "../../kinds/table.js";
import { comparedPorts, diffPorts } from "../../local-ports/records/diff.js";
import { diffRuns, type RunDiff } from "../../operations/diff/diff-runs.js";
import { loadCompared } from "../../operations/diff/load-compared.js";
import { wordFor } from "../../operations/records/find-run.js";
import { type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { formatDiff } from "../reports/diff/report-diff.js";
import { byteCount } from "../terminal/byte-count.js";
import { errPaint, outPaint } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";

const flags: Flags = {
  patch: { short: "p", about: "print every changed line of code, and those around it" },
  all: { about: "count nothing instead of showing it, and cut no value" },
  namespace: { value: "KEY", about: "the extension key of the runs (default: that of their project)" },
  "max-bytes": { value: "N", about: "read larger manifests than 8 MiB" },
  utc: { about: "times in UTC" },
  json: { about: "print one JSON object (spec/cli/diff.schema.json); with --patch, the lines too" },
};

export const diff: Command = {
  summary: "say what differs between two runs, from code to artifacts",
  usage: "colophon diff [flags] A B",
  flags,
  notes: [
    "A and B are ids, the beginning or the end of one, or paths of run folders, which may lie anywhere. Code is the trees of",
    "the two commits, without Colophon's own records and the artifacts root; edits that were not committed are named.",
    "Names, ids, times and places of files do not count. Exit status 0 when all is known to be equal, 1 when something",
    "differs or is not known to be equal, 3 when a run cannot be loaded.",
    "",
    "  colophon diff k3f9q2 x81m0d",
    "  colophon diff --json k3f9q2 x81m0d | jq -r .summary",
  ],
  run: runDiff,
};

async function runDiff(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("diff", words, flags);
  const [wordA, wordB] = twoRuns(given.paths);
  const namespace = given.value("namespace");
  if (namespace !== undefined) checkNamespace(namespace, "--namespace");
  const loading = comparedPorts(streams.directory, streams.env, namespace, byteCount("diff", given));
  const [a, b] = [loadCompared(wordA, loading), loadCompared(wordB, loading)];
  const json = given.has("json");
  const patch = given.has("patch");
  const hunks = patch ? "all" : json ? "none" : "first";
  const found = await diffRuns(a, b, diffPorts(streams.directory, streams.env, [a, b], hunks));
  if (json) {
    streams.out(`${JSON.stringify(found, null, 2)}\n`);
  } else {
    const width = streams.outIsTerminal ? streams.columns : null;
    const view = { all: given.has("all"), patch, utc: given.has("utc"), width };
    for (const line of formatDiff(found, view, outPaint(streams))) streams.out(`${line}\n`);
    const paint = errPaint(streams);
    const named = [wordFor(a, wordA, loading), wordFor(b, wordB, loading)] as const;
    for (const line of closingLines(found, patch, named)) streams.err(`${paint.glyphs.rule} ${line}\n`);
  }
  return found.outcome === "same" ? exitStatus.fine : exitStatus.findings;
}

/** What to type next. */
function closingLines(
  { outcome, code }: RunDiff,
  patch: boolean,
  [nameA, nameB]: readonly [string, string],
): string[] {
  const said = outcome === "changed" ? "exit 1: they differ" : "exit 1: they are not known to be equal";
  if (code.reason?.endsWith("not in this repository"))
    return [`${said}      git fetch --all, or in a shallow clone: git fetch --unshallow`];
  const next =
    !patch && code.trees === "changed" ? `colophon diff --patch ${nameA} ${nameB}` : `colophon show ${nameB}`;
  return outcome === "same" ? [] : [`${said}      ${next}`];
}

function twoRuns(words: readonly string[]): [string, string] {
  const [a, b, ...others] = words;
  if (a !== undefined && b !== undefined && others.length === 0 && a !== "" && b !== "") return [a, b];
  const found =
    words.length === 0 ? "none" : `${words.length}: ${words.map((word) => word || '""').join(" ")}`;
  throw new UsageError("NOT_TWO_RUNS", `colophon diff takes two runs; found ${found}`, {
    hint: "Type: colophon diff k3f9q2 x81m0d, with the ends of their ids; `colophon ls` lists them.",
  });
}
