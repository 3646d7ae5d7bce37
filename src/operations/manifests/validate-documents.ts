/** Judges documents one by one: bytes in, findings out, each with its place in the text. Opens no file. */
import type { Finding } from "../../errors.js";
import { type KindName, kindOfPlace, kinds, recogniseKind } from "../../kinds/table.js";
import type { Kind, Rules } from "../../manifest/kind.js";
import { defaultMaximumBytes, locateFindings, parseJson, tooLarge } from "../../manifest/parse.js";
import { isValid, validateDocument } from "../../manifest/validate.js";

export interface Document {
  /** As it is to be shown. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Whether its folder has the form of a run's. */
  readonly inRunFolder: boolean;
}

export interface Judgement {
  readonly path: string;
  readonly kind: string | null;
  readonly valid: boolean;
  readonly findings: readonly Finding[];
  /** The text, for excerpts; absent where it could not be decoded. */
  readonly text: string | undefined;
  /** Whether a document of no kind may still be one of ours: it could not be read, or not parsed and speaks our words. */
  readonly suspect: boolean;
}

export interface JudgingRequest {
  readonly rules: Rules;
  /** Overrules what the document looks like. */
  readonly kind: KindName | undefined;
  readonly maximumBytes: number | undefined;
}

export function judgeDocument({ path, bytes, inRunFolder }: Document, request: JudgingRequest): Judgement {
  const named = request.kind === undefined ? undefined : kinds[request.kind];
  const placed = kindOfPlace(path.slice(path.lastIndexOf("/") + 1), inRunFolder);
  const maximumBytes = request.maximumBytes ?? named?.maximumBytes ?? capByWords(bytes);
  const parsed = parseJson(bytes, maximumBytes);
  if (!parsed.ok)
    return {
      ...judgement(path, named ?? placed, parsed.findings, parsed.text),
      suspect: speaksOurWords(bytes),
    };
  const recognised = named ?? recogniseKind(parsed.value);
  const kind = "code" in recognised ? placed : recognised;
  if (kind === undefined) {
    const unrecognised = judgement(
      path,
      undefined,
      locateFindings(parsed.text, [recognised as Finding]),
      parsed.text,
    );
    return { ...unrecognised, suspect: speaksOurWords(bytes) };
  }
  const cap = request.maximumBytes ?? kind.maximumBytes;
  const findings =
    bytes.length > cap ? [tooLarge(bytes.length, cap)] : validateDocument(parsed.value, kind, request.rules);
  return judgement(path, kind, locateFindings(parsed.text, findings), parsed.text);
}

/** How much of a file is read before its kind is known. */
export const mostBytes = Math.max(...Object.values(kinds).map((kind) => kind.maximumBytes));

/** What is larger than most documents may be is parsed only where it names a field of a kind that may be so large. */
function capByWords(bytes: Uint8Array): number {
  if (bytes.length <= defaultMaximumBytes) return defaultMaximumBytes;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const large = Object.values(kinds).filter(
    ({ maximumBytes, fields }) =>
      maximumBytes > defaultMaximumBytes && fields.filter((field) => text.includes(`"${field}"`)).length >= 2,
  );
  return Math.max(defaultMaximumBytes, ...large.map(({ maximumBytes }) => maximumBytes));
}

/** A file that could not be read is judged too: nothing that was asked about is left out of the answer. */
export function judgeUnreadable(path: string, finding: Finding): Judgement {
  return { ...judgement(path, undefined, [finding], undefined), suspect: true };
}

const words = [
  "manifest_schema_version",
  "manifest_version",
  "experiment_id",
  "data_provenance",
  "timestamp_utc",
  "run_name",
  "colophon_version",
  "figure_sha256",
  "upstream_keys",
  "index_version",
  "archetype_assignments",
  "config_sha256",
  "trajectory_samples",
  "fixture_version",
  "seed_bundle",
  "event_hashes",
  "replay_plan",
];

/** For what cannot be parsed: two of our fields' names among its bytes, in UTF-8 or UTF-16 alike. */
function speaksOurWords(bytes: Uint8Array): boolean {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 1 << 20)).replaceAll("\0", "");
  return words.filter((word) => text.includes(`"${word}"`)).length >= 2;
}

function judgement(
  path: string,
  kind: Kind | undefined,
  findings: readonly Finding[],
  text: string | undefined,
): Judgement {
  return { path, kind: kind?.name ?? null, valid: isValid(findings), findings, text, suspect: false };
}
