/** Reads a manifest of a recorded run; says of each way in which that can fail what it is, and what to do. */
import { type Finding, LifecycleError } from "../../../errors.js";
import type { Kind, Rules } from "../../../manifest/kind.js";
import { locateFindings, parseJson } from "../../../manifest/parse.js";
import { shellWord } from "../../../manifest/shell-word.js";
import { isObject, isValid, validateDocument } from "../../../manifest/validate.js";
import { restoreHint } from "./restore.js";

export interface ReadManifestPorts {
  /** The bytes of a file of the run; `null` when it is not there, a finding when it may not or cannot be read. */
  readonly readFile: (folder: string, path: string, maximumBytes: number) => Uint8Array | Finding | null;
  /** Whether the folder lies in a repository. */
  readonly inRepository: (folder: string) => boolean;
  /** The largest document that is read, where somebody asked for more or less than its kind's own cap. */
  readonly maximumBytes?: number | undefined;
}

export interface ReadManifest {
  readonly value: Readonly<Record<string, unknown>>;
  /** Of severity `warning` and `notice` only. */
  readonly findings: readonly Finding[];
}

/** @throws LifecycleError unless the file holds a valid document of this kind. */
export function readManifest(
  folder: string,
  kind: Kind,
  rules: Rules,
  ports: ReadManifestPorts,
): ReadManifest {
  const found = findManifest(folder, kind, rules, ports);
  if (found === undefined) throw unreadable(`${folder}/${kind.fileName}`, gone, folder);
  return found;
}

const gone = { code: "", message: "is gone", hint: "Try again." };

/** `undefined` when there is no such file. @throws LifecycleError when it holds anything but a valid document of this kind. */
export function findManifest(
  folder: string,
  kind: Kind,
  rules: Rules,
  ports: ReadManifestPorts,
): ReadManifest | undefined {
  const path = `${folder}/${kind.fileName}`;
  const most = ports.maximumBytes ?? kind.maximumBytes;
  const restore = () => restoreHint(folder, [kind.fileName], ports.inRepository(folder));
  const bytes = ports.readFile(folder, kind.fileName, most);
  if (bytes === null) return undefined;
  if ("code" in bytes) throw unreadable(path, bytes, folder);
  const parsed = parseJson(bytes, most);
  if (!parsed.ok) throw notJson(path, parsed.text ?? "", parsed.findings, restore);
  const { value, text } = parsed;
  if (!isObject(value) || !kind.recognise(value)) throw foreign(path, kind);
  refuseNewer(path, value, kind);
  const findings = locateFindings(text, validateDocument(value, kind, rules));
  if (!isValid(findings)) throw invalid(path, findings, restore);
  return { value, findings };
}

type Fault = Pick<Finding, "code" | "message" | "hint">;

function unreadable(path: string, { code, message, hint }: Fault, folder: string): LifecycleError {
  if (code === "TOO_LARGE")
    return new LifecycleError("RECORD_UNREADABLE", `${path} ${message}`, { hint: raiseCap(hint, folder) });
  if (code === "PATH_ESCAPES") return new LifecycleError("PATH_ESCAPES", `${path}: ${message}`, { hint });
  if (code === "SYMLINK_LOOP") return new LifecycleError("SYMLINK_LOOP", `${path} ${message}`, { hint });
  return new LifecycleError("RECORD_UNREADABLE", `${path} ${message}`, { hint });
}

/** The finding knows how much would be enough. */
function raiseCap(hint: string, folder: string): string {
  const flag = /--max-bytes \d+/.exec(hint)?.[0] ?? "--max-bytes N";
  return `If it is whole, raise the cap: colophon show ${flag} ${shellWord(folder)}`;
}

type Restore = () => string;

function notJson(path: string, text: string, findings: readonly Finding[], restore: Restore): LifecycleError {
  const { message, hint, line, column } = findings.at(-1) as Finding;
  if (endsEarly(text, findings.at(-1) as Finding))
    return new LifecycleError("RECORD_TRUNCATED", `${path} ends early, in line ${line ?? 1}: ${message}`, {
      hint: restore(),
    });
  return new LifecycleError("RECORD_NOT_JSON", `${path}:${line ?? 1}:${column ?? 1} ${message}`, { hint });
}

/** A document that stops in its middle is refused in its last line, at its very end or without its last brace. */
function endsEarly(text: string, { code, line, column }: Finding): boolean {
  const lines = text.trimEnd().split("\n");
  const last = lines.at(-1) as string;
  if (code !== "INVALID_JSON" || (line ?? 1) < lines.length) return false;
  return !last.endsWith("}") || (column ?? 1) > last.length;
}

function foreign(path: string, { name, version }: Kind): LifecycleError {
  return new LifecycleError(
    "RECORD_FOREIGN",
    `${path} is not the manifest of ${name === "run" ? "a run" : "an experiment"}: expected an object with ${version.field} and its fellows`,
    { hint: "Name the folder of a run; this lists them: colophon ls" },
  );
}

function refuseNewer(path: string, document: Readonly<Record<string, unknown>>, { version }: Kind): void {
  const found = document[version.field];
  const known = version.supported.filter((one) => typeof one === "number");
  if (typeof found !== "number" || !Number.isInteger(found) || found <= Math.max(...known)) return;
  throw new LifecycleError(
    "RECORD_TOO_NEW",
    `${path}: ${version.field} is ${found}; this Colophon reads ${known.join(", ")}`,
    { hint: "Update your clone of Colophon, in its folder: git pull && npm run setup" },
  );
}

/** One fault that is all there is has a code of its own; otherwise all of them are told. */
function invalid(path: string, findings: readonly Finding[], restore: Restore): LifecycleError {
  const errors = findings.filter(({ severity }) => severity === "error");
  const [{ message, hint }] = errors as [Finding];
  const all = (code: string) => errors.every((finding) => finding.code === code);
  const lines = errors.map(({ message, line, column }) => `  ${line ?? 1}:${column ?? 1}  ${message}`);
  if (all("MISSING_ARTIFACT"))
    return new LifecycleError("MISSING_ARTIFACT", `${path}: ${message}`, { hint, findings });
  if (errors.every(({ code, message }) => code === "BAD_PATH" && leadsOut(message)))
    return new LifecycleError("PATH_ESCAPES", `${path}: ${message}`, { hint, findings });
  const undo = `Undo what was edited by hand. ${restore()}`;
  return new LifecycleError("RECORD_INVALID", `${path} is not valid:\n${lines.join("\n")}`, {
    hint: errors.some(({ code }) => code === "FOREIGN_KEY")
      ? `If its project has another extension key, name it with --namespace. Else: ${undo}`
      : undo,
    findings,
  });
}

function leadsOut(message: string): boolean {
  return /is absolute$|segment "\.\."$|drive letter$/.test(message);
}
