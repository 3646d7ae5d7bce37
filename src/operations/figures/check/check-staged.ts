/** The gates over what is about to be committed. What is not in the commit cannot be looked at here, and is counted. */
import type { Finding } from "../../../errors.js";
import { hexOf } from "../../../kinds/figure/digests.js";
import type { FigureIndex, FigureManifest } from "../../../kinds/figure/kind.js";
import { defaultRules, kinds } from "../../../kinds/table.js";
import { sha256 } from "../../../manifest/digest.js";
import { parseJson } from "../../../manifest/parse.js";
import { isValid, validateDocument } from "../../../manifest/validate.js";
import { indexPath } from "../figure-index.js";
import { checkIndexed, checkListed } from "./check-index.js";
import { checkOutputs } from "./check-outputs.js";
import type { GateResult } from "./gates.js";

/** Paths are relative to the project. */
export interface StagedFigures {
  readonly artifacts: string;
  /** Files in the artifacts root, as the index has them. */
  readonly indexed: readonly string[];
  /** Added or changed by the commit, anywhere in the project. */
  readonly changed: ReadonlySet<string>;
  readonly deleted: ReadonlySet<string>;
  /** Of files that are indexed or changed. */
  readonly read: (paths: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;
}

export interface StagedFigure {
  /** Of the manifest, or of the index of all figures. */
  readonly path: string;
  readonly kind: "figure" | "figure-index";
  readonly bytes: Uint8Array;
  readonly findings: readonly Finding[];
}

/** Only figures that the commit touches: their manifest, one of their files or inputs, or the index of all. */
export async function checkStagedFigures(staged: StagedFigures, namespace: string): Promise<StagedFigure[]> {
  const index = indexPath(staged);
  const manifests = staged.indexed.filter((path) => path.endsWith(".manifest.json"));
  const documents = await staged.read([...manifests, ...staged.indexed.filter((path) => path === index)]);
  const listed = documentAt<FigureIndex>(index, documents, kinds["figure-index"], namespace);
  const touched = (paths: readonly string[]) =>
    paths.some((path) => staged.changed.has(path) || staged.deleted.has(path));
  const figures = manifests.flatMap((path) => {
    const figure = documentAt<FigureManifest>(path, documents, kinds.figure, namespace);
    return figure !== undefined && touched([path, index, ...filesOf(figure)]) ? [{ path, figure }] : [];
  });
  const known = new Set([...staged.indexed, ...staged.changed]);
  const wanted = figures.flatMap(({ figure }) => filesOf(figure)).filter((path) => known.has(path));
  const files = new Map([...documents, ...(await staged.read([...new Set(wanted)]))]);
  const look = { artifacts: staged.artifacts, namespace, findBytes: (path: string) => files.get(path) };
  const found: StagedFigure[] = figures.map(({ path, figure }) => ({
    path,
    kind: "figure",
    bytes: documents.get(path) as Uint8Array,
    findings: [
      ...findingsOf(
        [...checkOutputs(figure, look), ...checkIndexed(path, figure, listed, look, index)],
        staged,
      ),
      ...inputFindings(figure, staged, files),
    ],
  }));
  const lost = listed === undefined ? [] : findingsOf(checkListed(listed, manifests, index), staged);
  if (lost.length === 0) return found;
  return [
    ...found,
    { path: index, kind: "figure-index", bytes: documents.get(index) as Uint8Array, findings: lost },
  ];
}

function filesOf({ outputs, inputs }: FigureManifest): string[] {
  const { figure_path, download_csv, download_refs } = outputs;
  return [figure_path, download_csv, download_refs, ...inputs.tables.map(({ path }) => path)];
}

/** One that is not valid has findings of its own already. */
function documentAt<T>(
  path: string,
  files: ReadonlyMap<string, Uint8Array>,
  kind: (typeof kinds)["figure"],
  namespace: string,
): T | undefined {
  const bytes = files.get(path);
  const parsed = bytes === undefined ? undefined : parseJson(bytes);
  if (parsed === undefined || !parsed.ok) return undefined;
  return isValid(validateDocument(parsed.value, kind, defaultRules({ namespace })))
    ? (parsed.value as T)
    : undefined;
}

/** A file is told once, by the first gate that it does not pass. */
function findingsOf(results: readonly GateResult[], { deleted }: StagedFigures): Finding[] {
  const said = new Set<string>();
  return results
    .filter(({ state, subject }) => state !== "ok" && !said.has(subject) && said.add(subject))
    .map((result) => {
      if (result.state === "unknown" || (result.state === "missing" && !deleted.has(result.subject)))
        return notChecked(result.pointer, `${result.subject} is not in the commit, or says too little`);
      return result.state === "missing" ? fileGone(result) : differing(result);
    });
}

function differing({ gate, subject, reason, expected, found, pointer }: GateResult): Finding {
  const change = expected !== null && found !== null ? `: ${expected} is recorded, ${found} is staged` : "";
  const message = `${subject} differs${reason === null ? change : `: ${reason}`}`;
  const code = codes[gate] ?? "FIGURE_DIGEST_DIFFERS";
  return finding(code, "error", pointer, message, "Record the figure again, and stage all of its files.");
}

const codes: Partial<Record<GateResult["gate"], string>> = {
  invariance: "INVARIANCE_FAILED",
  references: "REFERENCES_DISAGREE",
  index: "INDEX_DISAGREES",
};

function fileGone({ subject, pointer }: GateResult): Finding {
  const message = `${subject} is named, and this commit deletes it`;
  return finding(
    "FIGURE_FILE_MISSING",
    "error",
    pointer,
    message,
    "Keep it, or remove all files of the figure.",
  );
}

/** A commit may well change a table before its figures are made again, so that is a warning. */
function inputFindings(
  { inputs }: FigureManifest,
  { changed, deleted }: StagedFigures,
  files: ReadonlyMap<string, Uint8Array>,
): Finding[] {
  const stale = inputs.tables.flatMap(({ path, sha256: recorded }, index) => {
    const bytes = changed.has(path) ? files.get(path) : undefined;
    const isSame = bytes !== undefined && sha256(bytes) === hexOf(recorded);
    if (isSame || (bytes === undefined && !deleted.has(path))) return [];
    const message = `${path} ${bytes === undefined ? "is deleted" : "changes"}, and the figure was made from it as it was`;
    const hint = "Record the figure again when its inputs have settled.";
    return [finding("STALE_INPUT", "warning", `/inputs/tables/${index}`, message, hint)];
  });
  const away = inputs.tables.filter(({ path }) => !changed.has(path) && !deleted.has(path)).length;
  return away === 0
    ? stale
    : [...stale, notChecked("/inputs/tables", `${away} of the input tables are not changed by the commit`)];
}

function notChecked(pointer: string, what: string): Finding {
  const message = `not checked here: ${what}`;
  return finding("NOT_CHECKED_HERE", "notice", pointer, message, "Type: colophon figure verify");
}

function finding(
  code: string,
  severity: Finding["severity"],
  pointer: string,
  message: string,
  hint: string,
): Finding {
  return { code, severity, pointer, message, hint, line: null, column: null };
}
