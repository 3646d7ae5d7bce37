/**
 * What a program reported while it ran, put on record when it has ended: `params.jsonl` without secrets, which the program could not know.
 * Until then the reports stand where only the user can read them and Git does not look.
 */
import type { Finding } from "../../errors.js";
import type { ReportLine } from "../../generated/types.js";
import { faultOfArtifactName } from "../../manifest/pipeline-rules.js";
import type { Redacted } from "../../secrets/redactions.js";
import type { RunFolder } from "../../store/runs/run-folder.js";
import { formatReport, parseReports } from "../metrics/reports.js";
import { type CollectedArtifacts, nothingCollected } from "./collect-artifacts.js";

export interface ReportsPorts {
  /** Of all processes of a run, in the order of their ranks. */
  readonly readReports: (
    folder: string,
  ) => readonly { readonly path: string; readonly bytes: Uint8Array | Finding }[];
  readonly removeReports: (folder: string) => void;
  readonly redactMembers: (value: unknown) => Redacted<unknown>;
  readonly redactText: (text: string) => Redacted<string>;
  readonly writeFact: (folder: RunFolder, name: string, content: string | object) => string;
}

export interface CollectedReports {
  /** Paths by name. */
  readonly facts: Readonly<Record<string, string>>;
  readonly artifacts: readonly { readonly name: string; readonly path: string }[];
  /** Artifacts that cannot be kept as they were named. */
  readonly refused: CollectedArtifacts;
  /** One for every line that is none. */
  readonly findings: readonly Finding[];
}

const noReports: CollectedReports = { facts: {}, artifacts: [], refused: nothingCollected, findings: [] };

/** `taken`: names of artifacts that the run has already. Never throws: the run is worth more than what its program said of it. */
export function collectReports(
  folder: RunFolder,
  taken: readonly string[],
  ports: ReportsPorts,
): CollectedReports {
  try {
    const reports = ports.readReports(folder.path);
    if (reports.length === 0) return noReports;
    const read = reports.map(({ path, bytes }) => parseReports(path, bytes));
    const lines = read.flatMap((each) => each.lines);
    const findings = read.flatMap((each) => each.findings);
    const text = lines.flatMap((line) => withoutSecrets(line, ports)).join("");
    const facts = text === "" ? {} : { reported: ports.writeFact(folder, "params.jsonl", text) };
    ports.removeReports(folder.path);
    return { facts, ...judgeArtifacts(lines, taken, ports), findings };
  } catch {
    return noReports;
  }
}

/** Nothing of a line that only names an artifact. */
function withoutSecrets(line: ReportLine, { redactMembers, redactText }: ReportsPorts): string[] {
  const { time = null, params, summary, tags } = line;
  const isFine = (tag: string) => Object.keys(redactText(tag).redactions).length === 0;
  const kept = {
    ...(params !== undefined && { params: redactMembers(params).value as object }),
    ...(summary !== undefined && { summary: redactMembers(summary).value as object }),
    ...(tags !== undefined && { tags: tags.filter(isFine) }),
  };
  return Object.keys(kept).length === 0 ? [] : [formatReport({ time, ...kept } as ReportLine)];
}

/** The last word on a name counts. */
function judgeArtifacts(
  lines: readonly ReportLine[],
  taken: readonly string[],
  { redactText }: ReportsPorts,
): Pick<CollectedReports, "artifacts" | "refused"> {
  const named = new Map(
    lines.flatMap(({ artifact }) => (artifact === undefined ? [] : [[artifact.name, artifact]])),
  );
  const judged = [...named.values()].map(({ name, path }) => {
    const clean = redactText(name);
    const fault = faultOfArtifactName(name);
    const reason =
      (fault !== undefined && `its name ${fault}`) ||
      (taken.includes(name) && "another artifact has its name") ||
      (Object.keys(clean.redactions).length > 0 && "its name looks like a secret");
    return { name: clean.value, path, reason };
  });
  const missing = judged.flatMap(({ name, path, reason }) =>
    reason ? [{ name, source: redactText(path).value, reason }] : [],
  );
  return {
    artifacts: judged.flatMap(({ name, path, reason }) => (reason ? [] : [{ name, path }])),
    refused: { entries: {}, missing },
  };
}
