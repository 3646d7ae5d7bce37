/** What a schema cannot say of figures: digests, ids, the chain of transforms, both sums, the numbering of references, paths. */
import type { FigureManifest, Recording } from "../../generated/types.js";
import { digestOfNothing } from "../../manifest/digest.js";
import type { Check, Fault } from "../../manifest/kind.js";
import { appendToPointer } from "../../manifest/pointer.js";
import { parseUtc } from "../../manifest/timestamps.js";
import { isObject } from "../../manifest/validate.js";
import { hexOf, isElided, isSameDigest, sha8Of } from "./digests.js";
import { isInvariant } from "./invariance.js";
import { dotted, nameOfTable, pathFaults } from "./paths.js";

type Find = (figure: FigureManifest, recording: Recorded) => Iterable<Fault>;

interface Recorded {
  readonly pointer: string;
  readonly value: Recording | undefined;
}

function check(
  code: string,
  hint: string,
  reads: readonly string[],
  find: Find,
  severity: Check["severity"] = "error",
): Check {
  return {
    code,
    severity,
    hint,
    reads,
    find: (document, { namespace }) =>
      find(document as unknown as FigureManifest, recordedUnder(namespace, document[namespace])),
  };
}

function recordedUnder(namespace: string, extension: unknown): Recorded {
  const value = isObject(extension) ? (extension.recording as Recording | undefined) : undefined;
  return { pointer: `${appendToPointer("", namespace)}/recording`, value };
}

const digestsAreDigests = check(
  "WRONG_FORM",
  "Write the SHA-256 of the bytes in lower case, with sha256: before it.",
  ["build", "inputs", "outputs", "transforms"],
  function* (figure) {
    for (const [pointer, text] of digestsOf(figure)) {
      if (hexOf(text) !== undefined || isElided(text)) continue;
      yield {
        pointer,
        message: `${dotted(pointer)}: found "${text}", expected "sha256:" and 64 lower-case hexadecimal digits`,
      };
    }
  },
);

const digestsAreWhole = check(
  "ELIDED_DIGEST",
  "Record the figure again; nothing can be held against such a digest.",
  ["build", "inputs", "outputs", "transforms"],
  function* (figure) {
    for (const [pointer, text] of digestsOf(figure)) {
      if (isElided(text))
        yield { pointer, message: `${dotted(pointer)}: "${text}" is shortened, and no digest` };
    }
  },
  "warning",
);

const inputsAreNotEmpty = check(
  "EMPTY_INPUT",
  "Look whether the table was meant to be empty.",
  ["inputs"],
  function* ({ inputs }) {
    for (const [index, { path, sha256 }] of inputs.tables.entries()) {
      const pointer = `/inputs/tables/${index}/sha256`;
      if (hexOf(sha256) === digestOfNothing)
        yield { pointer, message: `${dotted(pointer)}: is the digest of an empty file, for ${path}` };
    }
  },
  "warning",
);

const timeExists = check(
  "NO_SUCH_TIME",
  "Write an instant of the calendar.",
  ["build"],
  function* ({ build }) {
    const local = build.generated_at.replace(/[+-]\d\d:\d\d$/, "Z");
    if (parseUtc(local) === undefined)
      yield {
        pointer: "/build/generated_at",
        message: `build.generated_at: ${build.generated_at} is not an instant of the calendar`,
      };
  },
);

const idsAgree = check(
  "FIGURE_ID_DISAGREES",
  "Record the figure again; its id and the names of its files end in the first 8 digits of the payload's digest.",
  ["figure", "outputs", "trace_keys"],
  function* ({ figure, outputs, trace_keys }) {
    const sha8 = sha8Of(outputs.figure_sha256);
    const named: [string, string][] = [["/figure/id", figure.id]];
    for (const field of ["download_csv", "download_refs", "figure_path"] as const)
      named.push([`/outputs/${field}`, outputs[field]]);
    for (const [pointer, text] of named) {
      const found = /\.([0-9a-f]{8})(?:\.[a-z]+)?$/.exec(text)?.[1];
      if (found !== sha8)
        yield {
          pointer,
          message: `${dotted(pointer)}: "${text}" does not have ${sha8}, as figure_sha256 does`,
        };
    }
    if (trace_keys.figure_id !== figure.id)
      yield {
        pointer: "/trace_keys/figure_id",
        message: `trace_keys.figure_id: "${trace_keys.figure_id}" is not the figure's id, "${figure.id}"`,
      };
  },
);

const chainIsWhole = check(
  "CHAIN_BROKEN",
  "Record the figure again; each transform begins with what the one before it left, and the last one leaves the payload.",
  ["outputs", "transforms"],
  function* ({ outputs, transforms }) {
    for (const [index, { name, sha256_after }] of transforms.entries()) {
      const next = transforms[index + 1];
      const pointer = `/transforms/${next === undefined ? index : index + 1}/sha256_${next === undefined ? "after" : "before"}`;
      const follows = next?.sha256_before ?? outputs.figure_sha256;
      if (isSameDigest(sha256_after, follows)) continue;
      const what = next === undefined ? "the figure has" : `${next.name} began with`;
      yield { pointer, message: `${dotted(pointer)}: ${name} left ${sha256_after}, and ${what} ${follows}` };
    }
  },
);

const sumsAgree = check(
  "INVARIANCE_FAILED",
  "Find what was lost or counted twice between the rows and the drawing, then record the figure again.",
  ["outputs"],
  function* ({ outputs: { numeric_invariance: sums } }) {
    if (isInvariant(sums)) return;
    yield {
      pointer: "/outputs/numeric_invariance",
      message: `outputs.numeric_invariance: ${sums.pre_agg_sum} before and ${sums.post_agg_sum} after are further apart than ${sums.tolerance_pct} %`,
    };
  },
);

const verdictFollows = check(
  "INVARIANCE_CONTRADICTS",
  "Record the figure again; `passed` follows from the sums.",
  ["outputs"],
  function* ({ outputs: { numeric_invariance: sums } }) {
    if (sums.passed === isInvariant(sums)) return;
    yield {
      pointer: "/outputs/numeric_invariance/passed",
      message: `outputs.numeric_invariance.passed: is ${sums.passed}, and the sums say ${!sums.passed}`,
    };
  },
);

const referencesAreNumbered = check(
  "REFERENCES_DISAGREE",
  "Record the figure again; the order has each source once, and index_map its place from 1.",
  ["inputs", "references"],
  function* ({ inputs, references: { order, index_map } }) {
    const known = new Set(inputs.sources.map(({ source_id }) => source_id));
    for (const [index, id] of order.entries()) {
      const pointer = `/references/order/${index}`;
      const fault =
        order.indexOf(id) !== index
          ? "stands twice"
          : known.has(id)
            ? undefined
            : "is none of inputs.sources";
      if (fault !== undefined) yield { pointer, message: `${dotted(pointer)}: "${id}" ${fault}` };
      if (index_map[id] !== order.indexOf(id) + 1 && order.indexOf(id) === index)
        yield {
          pointer: appendToPointer("/references/index_map", id),
          message: `references.index_map: "${id}" is ${index_map[id] ?? "missing"}, and stands at ${index + 1} in the order`,
        };
    }
    for (const id of Object.keys(index_map)) {
      if (!order.includes(id))
        yield {
          pointer: appendToPointer("/references/index_map", id),
          message: `references.index_map: "${id}" is not in the order`,
        };
    }
    for (const [index, { source_id }] of inputs.sources.entries()) {
      if (inputs.sources.findIndex((other) => other.source_id === source_id) !== index)
        yield {
          pointer: `/inputs/sources/${index}/source_id`,
          message: `inputs.sources.${index}.source_id: "${source_id}" stands twice`,
        };
    }
  },
);

const rowsAgree = check(
  "ROWS_DISAGREE",
  "Record the figure again; rows repeats row_count by the table's name.",
  ["inputs"],
  function* ({ inputs: { rows, tables } }) {
    for (const { path, row_count } of tables) {
      const name = nameOfTable(path);
      if (Object.hasOwn(rows, name) && rows[name] !== row_count)
        yield {
          pointer: appendToPointer("/inputs/rows", name),
          message: `inputs.rows.${name}: is ${rows[name]}, and ${path} has ${row_count}`,
        };
    }
  },
);

const pathsStayInside = check(
  "BAD_PATH",
  "Write a path below the project, with forward slashes.",
  ["inputs", "outputs", "extension"],
  function* (figure, { pointer, value: recording }) {
    const paths: [string, string][] = figure.inputs.tables.map(({ path }, index) => [
      `/inputs/tables/${index}/path`,
      path,
    ]);
    for (const field of ["figure_path", "download_csv", "download_refs"] as const)
      paths.push([`/outputs/${field}`, figure.outputs[field]]);
    yield* pathFaults(paths);
    if (recording === undefined) return;
    for (const field of ["code", "renderings", "slices", "tables", "validators"] as const) {
      const places = recording[field].map(({ path }, index) => [`${pointer}/${field}/${index}/path`, path]);
      yield* pathFaults(places as [string, string][]);
    }
    const { table } = recording.invariance;
    if (table !== null) yield* pathFaults([[`${pointer}/invariance/table`, table]]);
  },
);

export const figureChecks: readonly Check[] = [
  digestsAreDigests,
  digestsAreWhole,
  inputsAreNotEmpty,
  timeExists,
  idsAgree,
  chainIsWhole,
  sumsAgree,
  verdictFollows,
  referencesAreNumbered,
  rowsAgree,
  pathsStayInside,
];

function digestsOf({ build, inputs, transforms, outputs }: FigureManifest): [string, string][] {
  return [
    ["/build/schema_hash", build.schema_hash],
    ["/build/code_hash", build.code_hash],
    ...inputs.tables.map(({ sha256 }, index): [string, string] => [`/inputs/tables/${index}/sha256`, sha256]),
    ...transforms.flatMap(({ sha256_before, sha256_after }, index): [string, string][] => [
      [`/transforms/${index}/sha256_before`, sha256_before],
      [`/transforms/${index}/sha256_after`, sha256_after],
    ]),
    ["/outputs/figure_sha256", outputs.figure_sha256],
  ];
}
