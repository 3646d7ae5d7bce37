/**
 * What Python is asked with `-c`. Not with `-I`, which would hide the user's own packages; so the user's `sitecustomize` runs, as it
 * will for the command. It may print, so each answer stands between two separators.
 */

/** Two unprintable characters that neither a version nor a path holds. */
const record = "\u001e";
const unit = "\u001f";

/** Imports only what is built in, so that no file of the user's can stand in for a module; works in every Python since 2.7. */
export const selfDescription = `
import sys
i = getattr(sys, "implementation", None)
f = [sys.version, sys.executable or "", sys.prefix, getattr(sys, "base_prefix", sys.prefix), i.name if i else "cpython"]
t = "\\x1e" + "\\x1f".join(f + [p for p in sys.path if p]) + "\\x1e"
o = getattr(sys.stdout, "buffer", sys.stdout)
o.write(t if o is sys.stdout else t.encode("utf-8", "surrogateescape"))
`;

export interface SelfDescription {
  readonly version: string;
  readonly executable: string;
  readonly prefix: string;
  readonly basePrefix: string;
  readonly implementation: string;
  readonly searchPath: readonly string[];
}

export function parseSelfDescription(output: string): SelfDescription | undefined {
  const [version, executable, prefix, basePrefix, implementation, ...searchPath] =
    betweenSeparators(output)?.split(unit) ?? [];
  if (
    !version ||
    executable === undefined ||
    prefix === undefined ||
    basePrefix === undefined ||
    !implementation
  ) {
    return undefined;
  }
  return { version, executable, prefix, basePrefix, implementation, searchPath };
}

/**
 * Lists what is installed in the folders given as further words. The standard library is imported with everything else taken off the
 * path: a `json.py` on PYTHONPATH must not run here. The first of two distributions of one name is the one that is imported.
 */
export const packageListing = `
import os, sys
std = os.path.dirname(os.__file__)
sys.path[:] = [p for p in sys.path if os.path.basename(p) != "site-packages" and (
    p == std or p.startswith(std + os.sep) or p.endswith(".zip") and os.path.dirname(p) == os.path.dirname(std))]
import json, platform
facts = {"platform": platform.platform(), "implementation": platform.python_implementation(),
    "compiler": platform.python_compiler(), "prefix": sys.prefix, "base_prefix": sys.base_prefix}
packages, unreadable = None, 0
try:
    from importlib.metadata import distributions
except ImportError:
    distributions = None
if distributions:
    packages = []
    for d in distributions(path=sys.argv[1:]):
        try:
            name = d.metadata["Name"]
            if name:
                packages.append({"name": name, "version": d.metadata["Version"], "direct_url": d.read_text("direct_url.json")})
            else:
                unreadable += 1
        except Exception:
            unreadable += 1
sys.stdout.write("\\x1e" + json.dumps({"python": facts, "packages": packages, "unreadable": unreadable}) + "\\x1e")
`;

export interface PackageListing {
  readonly python: Record<"platform" | "implementation" | "compiler" | "prefix" | "base_prefix", string>;
  /** Null before Python 3.8. */
  readonly packages:
    | readonly {
        readonly name: string;
        readonly version: string | null;
        readonly direct_url: string | null;
      }[]
    | null;
  /** Distributions without a readable name. */
  readonly unreadable: number;
}

export function parsePackageListing(output: string): PackageListing | undefined {
  try {
    return JSON.parse(betweenSeparators(output) ?? "");
  } catch {
    return undefined;
  }
}

/** Without leaving compiled files behind, with the start folder off the path, and without waiting for a terminal at the end. */
export function envForPython(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PYTHONINSPECT: _, ...rest } = env;
  return { ...rest, PYTHONSAFEPATH: "1", PYTHONDONTWRITEBYTECODE: "1" };
}

function betweenSeparators(output: string): string | undefined {
  return output.split(record).at(-2);
}
