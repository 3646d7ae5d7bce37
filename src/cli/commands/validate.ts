import { exitStatus, UsageError } from "../../errors.js";
import { checkNamespace, defaultRules, isKindName, kindNames } from "../../kinds/table.js";
import { validatePorts } from "../../local-ports/repository/validate.js";
import type { Judgement } from "../../operations/manifests/validate-documents.js";
import { validateFiles, validateStaged } from "../../operations/manifests/validate-files.js";
import { type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { formatJudgement, formatTally } from "../reports/report-findings.js";
import { byteCount } from "../terminal/byte-count.js";
import { errPaint, outPaint } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";

const flags: Flags = {
  kind: { value: "KIND", choices: kindNames, about: "judge as this kind, whatever it looks like" },
  mode: {
    value: "MODE",
    choices: ["strict", "tolerant"],
    about: "tolerant keeps unknown fields and warns (default strict)",
  },
  profile: { value: "PROFILE", choices: ["load", "complete"], about: "what a run must have (default load)" },
  namespace: { value: "KEY", about: "the reserved extension key (default: colophon.json, else colophon)" },
  staged: { about: "judge what is about to be committed" },
  "max-bytes": { value: "N", about: "read larger files" },
  json: { about: "print one JSON object (spec/cli/validate.schema.json)" },
};

export const validate: Command = {
  summary: "judge manifests in files, folders, standard input or the index",
  usage: "colophon validate [flags] [path …]",
  flags,
  notes: [
    "A folder is searched, `-` is standard input; without a path, the current folder is searched.",
    "Exit status 1 when anything is not valid.",
    "",
    "  colophon validate records",
    "  colophon validate --json records/2026-11 | jq '.files[] | select(.valid | not)'",
  ],
  run: runValidate,
};

async function runValidate(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("validate", words, flags);
  const ports = await validatePorts(streams.directory, streams.env);
  const kind = given.value("kind");
  const request = {
    kind: kind !== undefined && isKindName(kind) ? kind : undefined,
    maximumBytes: byteCount("validate", given),
    rules: defaultRules({
      namespace: namespaceOf(given.value("namespace"), ports.namespace),
      mode: given.value("mode") === "tolerant" ? "tolerant" : "strict",
      profile: given.value("profile") === "complete" ? "complete" : "load",
    }),
  };
  refuseOddPaths(given.paths, given.has("staged"));
  const paths = given.paths.length > 0 ? given.paths : ["."];
  const outcome = given.has("staged")
    ? await validateStaged(request, ports)
    : await validateFiles({ ...request, paths }, ports);
  const invalid = outcome.judgements.some(({ valid }) => !valid);
  if (given.has("json")) {
    const files = outcome.judgements.map(({ path, kind, valid, findings }) => ({
      path,
      kind,
      valid,
      findings,
    }));
    streams.out(`${JSON.stringify({ files }, null, 2)}\n`);
  } else {
    const paint = outPaint(streams);
    for (const judgement of outcome.judgements.map(withoutNotChecked)) {
      if (judgement.findings.length > 0) streams.out(`${formatJudgement(judgement, paint)}\n`);
    }
    const tally = errPaint(streams);
    const quiet = given.has("staged") && outcome.judgements.length === 0;
    if (!quiet)
      streams.err(`${tally.glyphs.rule} ${formatTally(outcome.judgements, outcome.leftAlone, tally)}\n`);
  }
  return invalid ? exitStatus.findings : exitStatus.fine;
}

/** For people these are counted at the end. */
function withoutNotChecked(judgement: Judgement): Judgement {
  return { ...judgement, findings: judgement.findings.filter(({ code }) => code !== "NOT_CHECKED_HERE") };
}

/** An empty path is an unset variable, and standard input can be read once. */
function refuseOddPaths(paths: readonly string[], staged: boolean): void {
  const odd =
    (paths.includes("") && "a path is empty") ||
    (paths.filter((path) => path === "-").length > 1 && "standard input is named twice") ||
    (staged && paths.length > 0 && `--staged takes no path; found "${paths.join(" ")}"`);
  if (!odd) return;
  throw new UsageError("BAD_FLAG_VALUE", odd, {
    hint: "Type: colophon validate records, or colophon validate --staged",
  });
}

function namespaceOf(flag: string | undefined, project: string): string {
  return flag === undefined
    ? checkNamespace(project, "extensionNamespace in colophon.json")
    : checkNamespace(flag, "--namespace");
}
