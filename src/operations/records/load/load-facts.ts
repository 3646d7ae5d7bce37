/** What `00_run_metadata/` of a recorded run says, found by the names of its artifacts. */
import type { Finding } from "../../../errors.js";
import type { MetricsSummary, ObservedFiles } from "../../../generated/types.js";
import { defaultMaximumBytes, locateFindings, parseJson } from "../../../manifest/parse.js";
import { isObject } from "../../../manifest/validate.js";
import { judgeFact } from "../state/judge-fact.js";
import { artifactOf, type LoadedRecord, type LoadedRun } from "./loaded-run.js";
import type { ReadManifestPorts } from "./read-manifest.js";
import { restoreHint } from "./restore.js";

type Facts = Pick<LoadedRun, "inputs" | "parameters" | "command" | "environment" | "metrics" | "observation">;
type Fact = Readonly<Record<string, unknown>> | null;

/** What is wrong with a fact is a warning: the record is still one. A fact that is not what its schema wants is given as it is. */
export function readFacts(
  record: LoadedRecord,
  ports: ReadManifestPorts,
): { readonly facts: Facts; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const read = (name: string): Fact => {
    const { fact, faults } = readFact(record, name, ports);
    findings.push(...faults);
    return fact;
  };
  const measured = readMetricsSummary(record, ports);
  const facts = {
    inputs: read("input_data_provenance"),
    parameters: read("config_resolved"),
    command: read("command"),
    environment: read("environment"),
    metrics: measured.summary,
    observation: observationOf(record, ports, findings),
  };
  return { facts, findings: [...findings, ...measured.findings] };
}

/** Whether or not a stage names it, as those of a run that failed do not. What is not as its schema wants it is none. */
export function readMetricsSummary(
  record: LoadedRecord,
  ports: ReadManifestPorts,
): { readonly summary: MetricsSummary | null; readonly findings: readonly Finding[] } {
  const path = "00_run_metadata/metrics_summary.json";
  const { fact, faults } = readFactAt(record, "metrics_summary", path, ports);
  return { summary: faults.length === 0 ? (fact as MetricsSummary | null) : null, findings: faults };
}

/** No stage names it: a run that failed has it too. */
function observationOf(
  record: LoadedRecord,
  ports: ReadManifestPorts,
  findings: Finding[],
): LoadedRun["observation"] {
  if (!Object.hasOwn(record.run, "colophon_version")) return null;
  const { fact, faults } = readFactAt(record, "observed", "00_run_metadata/observed.json", ports);
  findings.push(...faults);
  return faults.length > 0 ? null : (fact as ObservedFiles | null);
}

interface ReadFact {
  readonly fact: Fact;
  readonly faults: readonly Finding[];
}

const nothing: ReadFact = { fact: null, faults: [] };

function readFact(record: LoadedRecord, name: string, ports: ReadManifestPorts): ReadFact {
  const artifact = artifactOf(record, name);
  // Other tools write YAML there: it is theirs to read.
  if (artifact?.availability !== "here" || !artifact.path.endsWith(".json")) return nothing;
  return readFactAt(record, name, artifact.path, ports);
}

function readFactAt(record: LoadedRecord, name: string, path: string, ports: ReadManifestPorts): ReadFact {
  const { folder } = record;
  const fault = (finding: Pick<Finding, "message" | "line" | "column">): ReadFact => ({
    fact: null,
    faults: [{ ...warningOf(path, finding, hintFor(folder, path, ports)), code: "FACTS_UNREADABLE" }],
  });
  const most = ports.maximumBytes ?? defaultMaximumBytes;
  const bytes = ports.readFile(folder, path, most);
  if (bytes === null) return nothing;
  if ("code" in bytes) return fault(bytes);
  const parsed = parseJson(bytes, most);
  if (!parsed.ok) return fault(parsed.findings[0] as Finding);
  const { value, text } = parsed;
  if (!isObject(value)) return fault({ message: "holds no object", line: 1, column: 1 });
  const found = locateFindings(text, judgeFact(name, value, Object.hasOwn(record.run, "colophon_version")));
  return {
    fact: value,
    faults: found.map((finding) => ({
      ...warningOf(path, finding, hintFor(folder, path, ports)),
      code: "FACTS_INVALID",
      pointer: finding.pointer,
    })),
  };
}

function hintFor(folder: string, path: string, { inRepository }: ReadManifestPorts): string {
  return restoreHint(folder, [path], inRepository(folder));
}

function warningOf(
  path: string,
  { message, line, column }: Pick<Finding, "message" | "line" | "column">,
  hint: string,
): Omit<Finding, "code"> {
  return { severity: "warning", pointer: "", message: `${path}: ${message}`, hint, line, column };
}
