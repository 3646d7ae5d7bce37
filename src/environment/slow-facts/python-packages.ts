/** What is installed for the command's Python, as its own metadata tells it: three times faster than `pip freeze`, and needs no pip. */
import { createHash } from "node:crypto";
import type { PythonPackage } from "../../generated/types.js";
import { mergeRedactions, type Redactions } from "../../secrets/redactions.js";
import { redactUrl } from "../../secrets/url.js";
import { askProgram } from "../interpreter/ask-program.js";
import { inEmptyFolder } from "../interpreter/empty-folder.js";
import {
  envForPython,
  type PackageListing,
  packageListing,
  parsePackageListing,
} from "../interpreter/python-words.js";
import { gap, type Part, type SlowFactsRequest } from "./part.js";

const what = "python packages";
const seconds = 20;

export async function listPythonPackages(request: SlowFactsRequest, signal: AbortSignal): Promise<Part> {
  const { interpreter, searchPath } = request;
  const program = interpreter?.version == null ? null : (interpreter.executable ?? interpreter.path);
  if (program === null) return missing("the interpreter did not say its version", true);
  const env = envForPython(request.env);
  const words = ["-c", packageListing, ...searchPath];
  const answer = await inEmptyFolder((cwd) => askProgram({ program, words, cwd, env, seconds, signal }));
  if (!answer.ok) return missing(answer.reason, !answer.passing);
  const listing = parsePackageListing(answer.text);
  return listing === undefined
    ? missing(`${program} did not answer as Python does`, true)
    : describe(listing);
}

function missing(reason: string, lasting: boolean): Part {
  return { what, facts: {}, gaps: [gap(what, reason)], lasting };
}

function describe({ python, packages, unreadable }: PackageListing): Part {
  if (packages === null) {
    const gaps = [gap(what, "Python before 3.8 cannot list its packages without further programs")];
    return { what, facts: { python }, gaps, lasting: true };
  }
  const { list, redactions } = describePackages(packages);
  const gaps = unreadable === 0 ? [] : [gap(what, `${unreadable} of them have no readable name`)];
  const facts = { python, packages: { python: { sha256: digestPackages(list), list } }, redactions };
  return { what, facts, gaps, lasting: true };
}

type Listed = NonNullable<PackageListing["packages"]>;

/** Sorted by normalised name. Of two with one name only the first on the path is ever imported. */
export function describePackages(listed: Listed): { list: PythonPackage[]; redactions: Redactions } {
  const byName = new Map<string, PythonPackage>();
  const counts: Redactions[] = [];
  for (const { name, version, direct_url } of listed) {
    const key = name.toLowerCase().replace(/[-_.]+/g, "-");
    if (byName.has(key)) continue;
    const origin = direct_url === null ? undefined : parseDirectUrl(direct_url);
    if (origin !== undefined) counts.push(origin.redactions);
    byName.set(key, { name, version: version || null, ...origin?.fields });
  }
  const list = [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  return { list, redactions: mergeRedactions(...counts) };
}

interface DirectUrl {
  readonly url?: unknown;
  readonly vcs_info?: { readonly vcs?: unknown; readonly commit_id?: unknown };
  readonly dir_info?: { readonly editable?: unknown };
}

/** The record pip and uv keep of a package that did not come from an index: `git+https://host/repo@commit`, or a plain URL. */
function parseDirectUrl(
  text: string,
): { fields: Pick<PythonPackage, "direct_url" | "editable">; redactions: Redactions } | undefined {
  let origin: DirectUrl | null;
  try {
    origin = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof origin?.url !== "string" || origin.url === "") return undefined;
  const { value: url, redactions } = redactUrl(origin.url);
  const { vcs, commit_id } = origin.vcs_info ?? {};
  const versioned = typeof vcs === "string" && typeof commit_id === "string";
  const direct_url = versioned ? `${vcs}+${url}@${commit_id}` : url;
  return {
    fields: { direct_url, ...(origin.dir_info?.editable === true ? { editable: true } : {}) },
    redactions,
  };
}

/** `sha256sum` of the lines gives the same. */
export function digestPackages(
  list: readonly { name: string; version: string | null; direct_url?: string }[],
): string {
  const hash = createHash("sha256");
  for (const { name, version, direct_url } of list) {
    hash.update(`${name}==${version ?? ""}${direct_url === undefined ? "" : ` @ ${direct_url}`}\n`);
  }
  return hash.digest("hex");
}
