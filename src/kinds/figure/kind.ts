/** The figure kind: what a chart or table was made from; and the index of all of them. */
import type { FigureIndex, FigureManifest as Founding } from "../../generated/types.js";
import * as validators from "../../generated/validators.js";
import { countMembers, type Kind } from "../../manifest/kind.js";
import { defaultMaximumBytes } from "../../manifest/parse.js";
import { figureChecks } from "./checks.js";
import { indexChecks } from "./index-checks.js";

export const figureVersion = "1.0";

export type { FigureIndex, Recording } from "../../generated/types.js";
/** A manifest with its extension key, whichever that is. */
export type FigureManifest = Founding & { readonly [namespace: string]: unknown };

const founding = [
  "manifest_version",
  "figure",
  "build",
  "dataset",
  "contracts",
  "inputs",
  "transforms",
  "outputs",
  "references",
  "trace_keys",
];

/** The five places where the founding document's model is laxer than its schema. */
const laxer =
  /^(?:\/inputs\/rows|\/build\/tooling|\/outputs\/numeric_invariance\/tolerance_pct|\/inputs\/sources\/\d+\/url|\/figure\/type)$/;

export const figure: Kind = {
  name: "figure",
  fileName: "*.manifest.json",
  maximumBytes: defaultMaximumBytes,
  version: { field: "manifest_version", supported: [figureVersion] },
  schema: validators.figure,
  fields: ["$schema", ...founding],
  leading: [],
  volatile: ["/build/generated_at", "/build/build_id", "/*/recording/runs"],
  forgives: ({ code, pointer }) =>
    laxer.test(pointer) && code === (pointer === "/figure/type" ? "WRONG_VALUE" : "MISSING_FIELD"),
  checks: figureChecks,
  recognise: (document) => countMembers(document, founding) >= 3,
  summarize: (document) => {
    const { figure, dataset, inputs } = document as unknown as FigureManifest;
    return `${figure.id}  ${figure.type}  ${figure.layer_id} ${dataset.reference_year}  ${inputs.tables.length} tables`;
  },
};

export const figureIndex: Kind = {
  name: "figure-index",
  fileName: "manifest.json",
  maximumBytes: defaultMaximumBytes,
  version: { field: "index_version", supported: [figureVersion] },
  schema: validators.figure_index,
  fields: ["$schema", "index_version", "figures"],
  leading: [],
  volatile: ["/figures/*/manifest_sha256"],
  checks: indexChecks,
  recognise: (document) =>
    Object.hasOwn(document, "index_version") ||
    (Array.isArray(document.figures) && JSON.stringify(document.figures).includes('"figure_sha256"')),
  summarize: (document) => {
    const { figures } = document as unknown as FigureIndex;
    return `${figures.length} figures: ${figures.map(({ id }) => id).join(", ")}`;
  },
};
