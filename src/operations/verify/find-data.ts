/** Data outside a run's folder, an input or what a reference names: found again where the record says, and read again. */
import { asBytes, asDigest, type CheckName, type CheckResult, resultsOf } from "./result.js";

export type DataAnswer =
  | { readonly state: "read"; readonly sha256: string; readonly bytes: number }
  /** It has another size than expected, so it was not read. */
  | { readonly state: "resized"; readonly bytes: number }
  | { readonly state: "absent" }
  | { readonly state: "unreadable"; readonly reason: string };

export interface Places {
  /** Absolute folders that the record's relative paths may be meant from, the likeliest first. */
  readonly bases: readonly string[];
  /** Whether the run's own untracked files are here, as where it was made: then what is not there is gone. */
  readonly isHome: boolean;
}

export interface RecordedData {
  /** As it was typed. */
  readonly authored: string | null;
  /** Absolute, where it was recorded. */
  readonly resolved: string | null;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly bytes: number | null;
}

export interface FindDataPorts {
  readonly resolve: (base: string, path: string) => string;
  /** A file or folder; `bytes`: the size that it must have to be read at all, where that is known. */
  readonly digestData: (path: string, bytes: number | null) => Promise<DataAnswer>;
}

/**
 * The path as it was typed counts, from each place it may be meant from; where nothing is there, the place it stood for. Several
 * files may bear the name: the one with the right content is the one.
 */
export async function checkData(
  check: CheckName,
  subject: string,
  data: RecordedData,
  places: Places,
  ports: FindDataPorts,
): Promise<CheckResult> {
  const authored = data.authored;
  const typed = authored === null ? [] : places.bases.map((base) => ports.resolve(base, authored));
  let first: Looked | null = null;
  for (const path of [...new Set(typed)]) {
    const looked = { path, answer: await ports.digestData(path, data.bytes) };
    if (isRight(looked, data)) return told(check, subject, data, looked, places);
    if (looked.answer.state !== "absent") first ??= looked;
  }
  if (first === null && data.resolved !== null)
    first = { path: data.resolved, answer: await ports.digestData(data.resolved, data.bytes) };
  return told(check, subject, data, first, places);
}

interface Looked {
  readonly path: string;
  readonly answer: DataAnswer;
}

function isRight({ answer }: Looked, { sha256 }: RecordedData): boolean {
  return answer.state === "read" && answer.sha256 === sha256;
}

function told(
  check: CheckName,
  subject: string,
  { authored, resolved, sha256, bytes }: RecordedData,
  looked: Looked | null,
  { isHome }: Places,
): CheckResult {
  const { ok, differs, missing, unreadable, notHere, unknown } = resultsOf(check);
  const said = { expected: asDigest(sha256), path: looked?.path ?? null };
  if (looked === null && authored === null && resolved === null)
    return unknown(subject, { ...said, reason: "where it lies is not on record" });
  const answer = looked?.answer ?? { state: "absent" };
  const name = authored ?? resolved ?? subject;
  switch (answer.state) {
    case "absent":
      return isHome
        ? missing(subject, { ...said, reason: `${name} is gone` })
        : notHere(subject, { ...said, reason: `${name} is not here` });
    case "unreadable":
      return unreadable(subject, { ...said, reason: answer.reason });
    case "resized":
      return differs(subject, {
        ...said,
        expected: asBytes(bytes ?? 0),
        found: asBytes(answer.bytes),
        reason: `${name}: its size differs`,
      });
    default:
      if (answer.sha256 === sha256) return ok(subject, { ...said, found: said.expected });
      return differs(subject, {
        ...said,
        found: asDigest(answer.sha256),
        reason: `${name}: its digest differs${answer.bytes === bytes ? ", its size does not" : ""}`,
      });
  }
}
