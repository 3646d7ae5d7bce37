/** The commit that a run names as the code it found; asked of its record alone. */
import { kinds } from "../../kinds/table.js";
import { parseJson } from "../../manifest/parse.js";
import { parseUtc } from "../../manifest/timestamps.js";
import { isObject } from "../../manifest/validate.js";
import type { RecordPorts } from "../verify/record.js";

export interface RecordedSnapshot {
  /** `null` where the run names none. */
  readonly commit: string | null;
  /** When the run began, in milliseconds since 1970; 0 where that cannot be read. */
  readonly time: number;
}

/** `undefined` where there is no record to read. */
export function readSnapshotOf(
  folder: string,
  { readFile, namespaceOf }: Pick<RecordPorts, "readFile" | "namespaceOf">,
): RecordedSnapshot | undefined {
  const { fileName, maximumBytes } = kinds.experiment;
  const bytes = readFile(folder, fileName, maximumBytes);
  if (bytes === null || "code" in bytes) return undefined;
  const parsed = parseJson(bytes, maximumBytes);
  if (!parsed.ok || !isObject(parsed.value)) return undefined;
  const extension = parsed.value[namespaceOf(folder)];
  const snapshot = isObject(extension) && isObject(extension.snapshot) ? extension.snapshot : {};
  const { timestamp_utc } = parsed.value;
  return {
    commit: typeof snapshot.commit === "string" ? snapshot.commit : null,
    time: typeof timestamp_utc === "string" ? (parseUtc(timestamp_utc) ?? 0) : 0,
  };
}
