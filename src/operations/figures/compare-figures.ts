/** Whether two figures may be compared like for like: what their numbers mean must agree. */
import { FileError } from "../../errors.js";
import type { FigureManifest } from "../../kinds/figure/kind.js";
import { kinds } from "../../kinds/table.js";
import { formatCanonical } from "../../manifest/canonical.js";
import { findManifest, listManifests } from "./check/verify-figures.js";
import { readKind } from "./figure-index.js";
import { type FigureReading, recordingOf } from "./ports.js";

export interface ComparedFact {
  readonly fact: string;
  /** As text; `null` where a figure does not say. */
  readonly a: string | null;
  readonly b: string | null;
  /** `unknown`: one does not say, though it matters. */
  readonly state: "same" | "differs" | "unknown";
}

export interface ComparedFigures {
  readonly a: ComparedFigure;
  readonly b: ComparedFigure;
  /** `not-comparable` where a fact differs; `unknown` where none does, and one is not known. */
  readonly verdict: "comparable" | "not-comparable" | "unknown";
  readonly facts: readonly ComparedFact[];
}

export interface ComparedFigure {
  readonly id: string;
  readonly title: string;
  /** The uncertainty that its dataset carries, in its own words. */
  readonly uncertainty: string | null;
}

/** @throws UsageError, ValidationError */
export function compareFigures(a: string, b: string, ports: FigureReading): ComparedFigures {
  const manifests = listManifests(ports);
  const [first, second] = [a, b].map((word) => readFigure(findManifest(word, manifests, ports), ports)) as [
    FigureManifest,
    FigureManifest,
  ];
  const [before, after] = [factsOf(first, ports.namespace), factsOf(second, ports.namespace)];
  const facts = [...new Set([...before.keys(), ...after.keys()])].map((fact) =>
    compareFact(fact, before.get(fact) ?? null, after.get(fact) ?? null),
  );
  const has = (state: ComparedFact["state"]) => facts.some((fact) => fact.state === state);
  return {
    a: named(first, ports.namespace),
    b: named(second, ports.namespace),
    verdict: has("differs") ? "not-comparable" : has("unknown") ? "unknown" : "comparable",
    facts,
  };
}

function compareFact(fact: string, a: string | null, b: string | null): ComparedFact {
  // The unit of a figure that another tool recorded is not known; rules for vintages are optional.
  if (fact === "unit" && (a === null || b === null)) return { fact, a, b, state: "unknown" };
  return { fact, a, b, state: a === b ? "same" : "differs" };
}

/** What must agree, in the order in which it is told. */
function factsOf(figure: FigureManifest, namespace: string): Map<string, string | null> {
  const { dataset } = figure;
  const recording = recordingOf(figure, namespace);
  return new Map<string, string | null>([
    ["reference_year", String(dataset.reference_year)],
    ["scope_policy", dataset.scope_policy],
    ["gwp_horizon", dataset.gwp_horizon],
    ["region_policy", dataset.region_policy],
    ["vintage_rules", dataset.vintage_rules ?? null],
    ["unit", recording?.unit ?? null],
    ["layer_id", figure.figure.layer_id],
    ...Object.entries(recording?.dataset ?? {}).map(([name, value]): [string, string] => [
      name,
      typeof value === "string" ? value : formatCanonical(value),
    ]),
  ]);
}

function named(figure: FigureManifest, namespace: string): ComparedFigure {
  const { id, title } = figure.figure;
  return { id, title, uncertainty: recordingOf(figure, namespace)?.uncertainty ?? null };
}

function readFigure(path: string, ports: FigureReading): FigureManifest {
  const read = readKind<FigureManifest>(path, kinds.figure, ports);
  if (read !== undefined) return read.document;
  throw new FileError("FILE_NOT_FOUND", `${path} does not exist`, { hint: "Check the path." });
}
