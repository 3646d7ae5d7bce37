/** Records a figure: everything is found out, judged, and only then written. */
import { ConfigError, RefusedError, ValidationError } from "../../errors.js";
import type { FigureSpec } from "../../generated/types.js";
import { figure_spec } from "../../generated/validators.js";
import type { FigureManifest } from "../../kinds/figure/kind.js";
import { defaultRules, kinds } from "../../kinds/table.js";
import { schemaFindings } from "../../manifest/schema.js";
import { isValid, validateDocument } from "../../manifest/validate.js";
import { type BuiltFigure, buildFigure } from "./build-figure.js";
import { gatherFigure, type InMemory } from "./gather-figure.js";
import { type PlacedFigure, placeFigure } from "./place-figure.js";
import type { FigurePorts } from "./ports.js";

export interface RecordedFigure extends PlacedFigure {
  readonly id: string;
  readonly manifest: FigureManifest;
  /** Relative to the project. */
  readonly manifestPath: string;
}

export interface RecordRequest extends InMemory {
  /** Write over output of that name which differs. */
  readonly accept: boolean;
  /** How the specification is called in messages. */
  readonly named: string;
}

/** @throws ConfigError, RefusedError, FileError, ValidationError; nothing is written then. */
export async function recordFigure(
  spec: unknown,
  { accept, named, ...memory }: RecordRequest,
  ports: FigurePorts,
): Promise<RecordedFigure> {
  const checked = checkSpec(spec, named);
  const gathered = await gatherFigure(checked, memory, ports);
  const usesPython = checked.code.some((path) => path.endsWith(".py"));
  const [head, python] = await Promise.all([
    ports.findHead(),
    usesPython ? ports.findPython() : Promise.resolve(undefined),
  ]);
  const built = buildFigure(checked, gathered, { head, python }, ports);
  refuseFaults(built, ports);
  const placed = await ports.exclusively(() => placeFigure(built, accept, ports));
  return { id: built.id, manifest: built.manifest, manifestPath: built.manifestPath, ...placed };
}

function checkSpec(spec: unknown, named: string): FigureSpec {
  const findings = schemaFindings(figure_spec, spec);
  const reserved = (spec as FigureSpec | undefined)?.name === "rows";
  const faults = [
    ...findings.map(({ message }) => message),
    ...(reserved ? ['name: "rows" is taken; /trace/rows answers with rows of tables'] : []),
  ];
  if (faults.length === 0) return spec as FigureSpec;
  const lines = faults.map((fault) => `  ${fault}`).join("\n");
  throw new ConfigError("BAD_FIGURE_SPEC", `${named} is not what it should be:\n${lines}`, {
    hint: findings[0]?.hint ?? "Compare it with spec/figure-spec.schema.json.",
  });
}

function refuseFaults({ id, manifest }: BuiltFigure, { namespace }: FigurePorts): void {
  const findings = validateDocument(manifest, kinds.figure, defaultRules({ namespace }));
  const failed = findings.find(({ code }) => code === "INVARIANCE_FAILED");
  if (failed !== undefined)
    throw new RefusedError("INVARIANCE_FAILED", `${id}: ${failed.message}`, { hint: failed.hint });
  if (!isValid(findings)) throw new ValidationError(`the manifest of ${id}`, findings);
}
