/** Holds recorded figures against their files and inputs as they are now. Changes nothing. */
import { FileError, UsageError, ValidationError } from "../../../errors.js";
import type { FigureIndex, FigureManifest } from "../../../kinds/figure/kind.js";
import { defaultRules, kinds } from "../../../kinds/table.js";
import { locateFindings, parseJson } from "../../../manifest/parse.js";
import { isObject, isValid, validateDocument } from "../../../manifest/validate.js";
import { indexPath, readIndex } from "../figure-index.js";
import type { FigureReading } from "../ports.js";
import { checkIndexed, checkListed } from "./check-index.js";
import { checkInputs } from "./check-inputs.js";
import { checkOutputs } from "./check-outputs.js";
import {
  type FigureVerdict,
  type GateResult,
  gate,
  gateNames,
  resultsOfFindings,
  verdictOf,
} from "./gates.js";

export interface VerifiedFigure {
  /** `null` where its manifest does not say. */
  readonly id: string | null;
  readonly manifest_path: string;
  readonly verdict: FigureVerdict;
  readonly checks: readonly GateResult[];
}

export interface VerifiedFigures {
  readonly figures: readonly VerifiedFigure[];
  /** What of the index belongs to no figure that is there. */
  readonly index: readonly GateResult[];
}

export interface JudgedFigure {
  /** `undefined` where it has not the shape of a manifest. */
  readonly document: FigureManifest | undefined;
  readonly results: readonly GateResult[];
}

/** `words`: ids, names, or paths of manifests; none of them means all. @throws UsageError */
export async function verifyFigures(
  words: readonly string[],
  ports: FigureReading,
): Promise<VerifiedFigures> {
  const careful = carefully(ports);
  const manifests = listManifests(ports);
  const chosen = words.length === 0 ? manifests : words.map((word) => findManifest(word, manifests, ports));
  const { listed, results } = openIndex(ports);
  const figures: VerifiedFigure[] = [];
  for (const path of [...new Set(chosen)]) figures.push(await verifyFigure(path, listed, careful));
  const lost =
    words.length > 0 || listed === undefined ? [] : checkListed(listed, manifests, indexPath(ports));
  return { figures, index: [...results, ...lost] };
}

export function listManifests({ artifacts, list }: FigureReading): string[] {
  return list(`${artifacts}/manifests`)
    .filter((name) => name.endsWith(".manifest.json"))
    .map((name) => `${artifacts}/manifests/${name}`);
}

export function findManifest(word: string, manifests: readonly string[], ports: FigureReading): string {
  const named = (path: string) => path.slice(path.lastIndexOf("/") + 1).replace(/\.manifest\.json$/, "");
  const found = manifests.filter(
    (path) => path === word || named(path) === word || named(path).replace(/\.[^.]*$/, "") === word,
  );
  if (found.length === 1) return found[0] as string;
  if (found.length === 0 && word.endsWith(".json") && ports.findBytes(word) !== undefined) return word;
  const known = manifests.map(named).join(", ");
  throw new UsageError(
    "NO_SUCH_FIGURE",
    found.length > 1
      ? `"${word}" may be ${found.map(named).join(" or ")}`
      : `there is no figure "${word}"; there are ${known || "none"}`,
    { hint: "Name a figure by its id, its name, or the path of its manifest." },
  );
}

async function verifyFigure(
  path: string,
  listed: FigureIndex | undefined,
  ports: FigureReading,
): Promise<VerifiedFigure> {
  const { document, results } = judgeFigure(path, ports);
  const checks = [
    ...results,
    ...(document === undefined ? [] : checkOutputs(document, ports)),
    ...(document === undefined ? [] : await checkInputs(document, ports)),
    ...checkIndexed(path, document, listed, ports, indexPath(ports)),
  ].sort((a, b) => gateNames.indexOf(a.gate) - gateNames.indexOf(b.gate));
  return { id: document?.figure.id ?? null, manifest_path: path, verdict: verdictOf(checks), checks };
}

/** A document that contradicts itself is still held against its files, as far as its shape allows. */
export function judgeFigure(
  path: string,
  { findBytes, namespace }: Pick<FigureReading, "findBytes" | "namespace">,
): JudgedFigure {
  const bytes = findBytes(path);
  if (bytes === undefined) {
    const reason = "is no regular file of the project";
    return { document: undefined, results: [gate("schema")(path, "missing", { reason })] };
  }
  const parsed = parseJson(bytes);
  if (!parsed.ok) return { document: undefined, results: resultsOfFindings(path, parsed.findings) };
  const findings = validateDocument(parsed.value, kinds.figure, defaultRules({ namespace }));
  const shapeless = new Set([
    "NOT_AN_OBJECT",
    "MISSING_FIELD",
    "WRONG_TYPE",
    "UNSUPPORTED_VERSION",
    "BAD_PATH",
  ]);
  const hasShape = isObject(parsed.value) && !findings.some(({ code }) => shapeless.has(code));
  return {
    document: hasShape ? (parsed.value as unknown as FigureManifest) : undefined,
    results: resultsOfFindings(path, isValid(findings) ? findings : locateFindings(parsed.text, findings)),
  };
}

function openIndex(ports: FigureReading): { listed: FigureIndex | undefined; results: GateResult[] } {
  try {
    return { listed: readIndex(ports), results: [] };
  } catch (fault) {
    if (!(fault instanceof ValidationError)) throw fault;
    const path = indexPath(ports);
    const results = fault.findings.map(({ code, pointer, message }) =>
      gate("index")(path, "differs", { pointer, reason: `${code}: ${message}` }),
    );
    return { listed: undefined, results };
  }
}

/** Figures share their tables, which are read once; what may not be read, such as behind a link, counts as not there. */
export function carefully(ports: FigureReading): FigureReading {
  const known = new Map<string, ReturnType<FigureReading["digestTable"]>>();
  return {
    ...ports,
    findBytes: (path) => {
      try {
        return ports.findBytes(path);
      } catch (fault) {
        if (fault instanceof FileError) return undefined;
        throw fault;
      }
    },
    digestTable: (path) => {
      const facts = known.get(path) ?? ports.digestTable(path);
      known.set(path, facts);
      return facts;
    },
  };
}
