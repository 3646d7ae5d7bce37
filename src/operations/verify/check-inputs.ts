/** Every input digest of a run, by reading the data again. */
import { isObject } from "../../manifest/validate.js";
import { checkData, type FindDataPorts, type Places, type RecordedData } from "./find-data.js";
import type { ReadRecord } from "./record.js";
import { asDigest, type CheckResult, resultsOf } from "./result.js";

const { ok, differs, unknown } = resultsOf("inputs");

export async function checkInputs(
  record: ReadRecord,
  places: Places,
  ports: FindDataPorts,
): Promise<CheckResult[]> {
  const provenance = record.manifest?.data_provenance;
  const seed = [record.provenance, provenance].find((one) => isObject(one) && one.kind === "synthetic");
  if (isObject(seed)) return [checkSeed(record, seed.seed)];
  const declared = isObject(provenance) && isObject(provenance.hashes) ? provenance.hashes : {};
  const inputs = inputsOf(record, Object.keys(declared));
  const results: CheckResult[] = [];
  for (const [name, data] of inputs) {
    results.push(
      data.authored === null && data.resolved === null
        ? unknown(name, { expected: asDigest(data.sha256), reason: "declared, never read" })
        : await checkData("inputs", name, data, places, ports),
    );
  }
  results.push(...compareManifests(inputs, declared));
  return results.length > 0 ? results : [unknown("inputs", { reason: whyNone(record) })];
}

function checkSeed({ manifest, provenance }: ReadRecord, seed: unknown): CheckResult {
  const stated = isObject(manifest?.data_provenance) ? manifest.data_provenance.seed : seed;
  const said = { expected: `seed ${stated}`, found: `seed ${provenance?.seed ?? stated}` };
  if (said.expected === said.found)
    return ok("synthetic seed", { ...said, reason: "there is nothing to read" });
  const reason = "manifest.json and input_data_provenance.json name different seeds";
  return differs("synthetic seed", { ...said, reason });
}

/** The three forms of `input_data_provenance.json`; where it cannot be read, the digests of the manifest, without a path. */
function inputsOf({ provenance }: ReadRecord, names: readonly string[]): Map<string, RecordedData> {
  const several = isObject(provenance?.inputs) ? Object.entries(provenance.inputs) : [];
  const only = provenance === null ? [] : [[names.length === 1 ? names[0] : "input", provenance] as const];
  const read = (several.length > 0 ? several : only).flatMap(([name, input]) => {
    const data = dataOf(input);
    return name === undefined || data === null ? [] : [[name, data] as const];
  });
  return new Map(read);
}

export function dataOf(input: unknown): RecordedData | null {
  if (!isObject(input) || typeof input.sha256 !== "string") return null;
  const { authored_path, resolved_path, sha256, size_bytes } = input;
  return {
    authored: typeof authored_path === "string" ? authored_path : null,
    resolved: typeof resolved_path === "string" ? resolved_path : null,
    sha256,
    bytes: typeof size_bytes === "number" ? size_bytes : null,
  };
}

/** The two records of a run name the same inputs by the same digests. */
function compareManifests(
  inputs: ReadonlyMap<string, RecordedData>,
  declared: Readonly<Record<string, unknown>>,
): CheckResult[] {
  return Object.entries(declared).flatMap(([name, sha256]) => {
    const input = inputs.get(name);
    if (typeof sha256 !== "string" || input?.sha256 === sha256) return [];
    if (input === undefined)
      return [unknown(name, { expected: asDigest(sha256), reason: "where it lies is not on record" })];
    return [
      differs(name, {
        expected: asDigest(sha256),
        found: asDigest(input.sha256),
        reason: "manifest.json and input_data_provenance.json name different digests",
      }),
    ];
  });
}

function whyNone({ run, provenance }: ReadRecord): string {
  if (provenance !== null) return "its record names none";
  const version = run?.manifest_version;
  return typeof version === "number" && version < 3
    ? "the run predates provenance"
    : "its record cannot be read";
}
