/** What somebody asks about: a content, a file, a figure, a run, or a metric of one. */
import { UsageError } from "../../errors.js";
import type { RecordPlace } from "../../store/runs/run-record.js";
import { resolveRun } from "../records/resolve-run.js";
import type { RecordedFigure } from "../rows/recorded-figure.js";
import type { DataAnswer } from "../verify/find-data.js";
import type { FigureIndexed } from "./index-figures.js";

export type Subject =
  | { readonly kind: "content"; readonly sha256: string }
  /** `sha256` is `null` where nothing can be read there. */
  | {
      readonly kind: "file";
      readonly path: string;
      readonly sha256: string | null;
      readonly reason: string | null;
    }
  | { readonly kind: "run"; readonly folder: string }
  | { readonly kind: "figure"; readonly figure: RecordedFigure }
  | {
      readonly kind: "metric";
      readonly folder: string;
      readonly metric: string;
      readonly step: number | null;
    };

export interface SubjectPorts {
  readonly ids: () => readonly string[];
  readonly folderOf: (id: string) => string;
  readonly resolvePath: (path: string) => string;
  readonly findRecord: (path: string) => RecordPlace;
  /** Whether a folder is or holds the project, its repository or its records. */
  readonly holdsProject: (path: string) => boolean;
  readonly digestData: (path: string, bytes: number | null) => Promise<DataAnswer>;
}

/** @throws UsageError for part of a digest, and for an id that several runs have the beginning or end of. */
export async function readSubject(
  word: string,
  ports: SubjectPorts,
  figures: Pick<FigureIndexed, "named">,
): Promise<Subject> {
  const sha256 = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(word)?.[1]?.toLowerCase();
  if (sha256 !== undefined) return { kind: "content", sha256 };
  if (/^sha256:/i.test(word)) throw partOfDigest(word);
  const path = ports.resolvePath(word);
  const { state, folder } = ports.findRecord(path);
  if (state === "record" || state === "half" || state === "leftovers") return { kind: "run", folder };
  if (state !== "nothing") return readFile(path, ports);
  const run = findId(word, ports);
  if (run !== null) return { kind: "run", folder: ports.folderOf(run) };
  const figure = figures.named(word);
  if (figure !== undefined) return { kind: "figure", figure };
  return (
    readMetric(word, ports) ?? { kind: "file", path, sha256: null, reason: "there is nothing at that path" }
  );
}

async function readFile(path: string, { digestData, holdsProject }: SubjectPorts): Promise<Subject> {
  // It would be a long reading of repository and records, and no run may have them as its data.
  if (holdsProject(path)) return { kind: "file", path, sha256: null, reason: "it holds the project itself" };
  const answer = await digestData(path, null);
  if (answer.state === "read") return { kind: "file", path, sha256: answer.sha256, reason: null };
  const reason = answer.state === "unreadable" ? answer.reason : "there is nothing at that path";
  return { kind: "file", path, sha256: null, reason };
}

/** `RUN:metric` or `RUN:metric@step`. Names of metrics may hold either sign. */
function readMetric(word: string, ports: SubjectPorts): Subject | null {
  const colon = word.indexOf(":");
  if (colon <= 0 || colon === word.length - 1) return null;
  const name = word.slice(0, colon);
  const place = ports.findRecord(ports.resolvePath(name));
  const id = findId(name, ports);
  const folder = place.state === "record" ? place.folder : id === null ? null : ports.folderOf(id);
  if (folder === null) return null;
  const rest = word.slice(colon + 1);
  const [, metric = rest, step] = /^(.+)@(-?[0-9]+(?:\.[0-9]+)?)$/s.exec(rest) ?? [];
  return { kind: "metric", folder, metric, step: step === undefined ? null : Number(step) };
}

function findId(word: string, { ids }: SubjectPorts): string | null {
  if (word.includes("/") || word === "") return null;
  try {
    return resolveRun(word, ids());
  } catch (error) {
    if (error instanceof UsageError && error.code === "NO_SUCH_RUN") return null;
    throw error;
  }
}

function partOfDigest(word: string): UsageError {
  const digits = word.slice("sha256:".length);
  return new UsageError(
    "BAD_DIGEST",
    `${JSON.stringify(word)} is no whole digest: found ${digits.length} characters behind sha256:, expected 64 hexadecimal digits`,
    { hint: "Name all of it; this prints that of a file: sha256sum FILE" },
  );
}
