/** Installed packages of two runs, by name: added, removed, or of another version. */
import { isObject } from "../../manifest/validate.js";
import { type Comparison, compareNamed, type Section, verdictOf } from "./comparison.js";

export interface PackagesDiff extends Section {
  readonly equal: number;
  /** A version, and where it came from when not from an index. */
  readonly differing: readonly Comparison<string>[];
}

type Environment = Readonly<Record<string, unknown>> | null;

export function diffPackages(language: "python" | "node", a: Environment, b: Environment): PackagesDiff {
  const [ofA, ofB] = [packagesIn(a, language), packagesIn(b, language)];
  if (ofA === null || ofB === null)
    return { outcome: "unknown", reason: "not gathered", equal: 0, differing: [] };
  const all = compareNamed(ofA, ofB);
  const differing = all.filter(({ outcome }) => outcome !== "same");
  return { outcome: verdictOf(all), reason: null, equal: all.length - differing.length, differing };
}

/** A command of another language has none; `null` where they were asked for and are not known. */
function packagesIn(environment: Environment, language: string): ReadonlyMap<string, string> | null {
  if (environment === null) return null;
  const { packages, not_gathered } = environment;
  const gaps = Array.isArray(not_gathered) ? not_gathered : [];
  if (gaps.some((gap) => isObject(gap) && gap.what === `${language} packages`)) return null;
  const found = isObject(packages) ? packages[language] : undefined;
  const list = isObject(found) && Array.isArray(found.list) ? found.list : [];
  return new Map(
    list.filter(isObject).map((one) => {
      const source = typeof one.direct_url === "string" ? ` @ ${one.direct_url}` : "";
      return [String(one.name), `${one.version ?? "no version"}${source}`];
    }),
  );
}
