/** What the command was seen to read though nobody had declared it: whether it is still that. All of it is a notice. */
import { isObject } from "../../manifest/validate.js";
import { checkData, type FindDataPorts, type Places } from "./find-data.js";
import type { ReadRecord } from "./record.js";
import { type CheckResult, resultsOf } from "./result.js";

type Entry = Readonly<Record<string, unknown>>;

const { unknown } = resultsOf("observed");

/** `repository`: the folder that its paths are meant from, absolute; `null` where there is none. */
export async function checkObserved(
  { observed }: ReadRecord,
  { isHome }: Places,
  repository: string | null,
  ports: FindDataPorts,
): Promise<CheckResult[]> {
  const undeclared = new Set(entriesIn(observed?.read_not_declared).map(({ path }) => path));
  const results: CheckResult[] = [];
  for (const entry of entriesIn(observed?.files)) {
    const { path, sha256, size_bytes, place } = entry;
    if (typeof path !== "string" || !undeclared.has(path)) continue;
    const reason = whyNot(entry);
    if (reason !== null) {
      results.push(unknown(path, { severity: "notice", reason }));
      continue;
    }
    const bases = repository === null || place === "outside" ? ["/"] : [repository];
    const data = {
      authored: path,
      resolved: null,
      sha256: sha256 as string,
      bytes: typeof size_bytes === "number" ? size_bytes : null,
    };
    const result = await checkData("observed", path, data, { bases, isHome }, ports);
    results.push({ ...result, severity: "notice" });
  }
  return results;
}

/** `null` where there is a digest of what was read, and a path to look at. */
function whyNot({ path, path_base64, sha256, state, undigested }: Entry): string | null {
  if (state === "gone") return "was read, and was gone when the command had ended";
  if (state === "changed") return "changed between its reading and the end of the command";
  if (typeof sha256 !== "string") return `was read, and not digested: ${undigested ?? state}`;
  if (typeof path_base64 === "string") return "its name is not UTF-8";
  return String(path).includes("\u00abredacted:") ? "its path held a secret, which was left out" : null;
}

function entriesIn(value: unknown): readonly Entry[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
