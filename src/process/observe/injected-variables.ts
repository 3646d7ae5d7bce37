/** The variables that make Python and Node tell what they open, and nothing else of the command's environment. */

export interface Injected {
  /** Absolute: the folder of `sitecustomize.py`. */
  readonly python: string;
  /** Absolute: `preload.cjs`, which must outlive the run: a Node that a left-over process starts would fail without it. */
  readonly node: string;
  /** Absolute: the file that they write to. */
  readonly spool: string;
}

export const spoolVariable = "COLOPHON_OBSERVE";

/**
 * Before or behind what the user has in them, of which nothing is lost. `argv`: the command. A run inside an observed run takes the
 * outer observation's place.
 */
export function injectedVariables(
  { PYTHONPATH, NODE_OPTIONS }: NodeJS.ProcessEnv,
  { python, node, spool }: Injected,
  argv: readonly string[],
): Readonly<Record<string, string>> {
  const path = PYTHONPATH?.split(":").filter((folder) => !outer.test(folder));
  const require = `--require ${quote(node)}`;
  const options = NODE_OPTIONS?.includes(require)
    ? NODE_OPTIONS
    : [NODE_OPTIONS, require].filter(Boolean).join(" ");
  return {
    [spoolVariable]: spool,
    // A colon cannot be written in it, and an empty piece would be the current folder.
    ...(!python.includes(":") && { PYTHONPATH: path?.some(Boolean) ? [python, ...path].join(":") : python }),
    ...(![NODE_OPTIONS, ...argv].some(confines) && { NODE_OPTIONS: options }),
  };
}

const outer = /\/\.colophon\/live\/[0-9a-f]{16}\/python$/;

/** A Node that may read named files only would refuse to start with one more. */
function confines(words = ""): boolean {
  return /(^|\s)--(experimental-)?(permission|policy)\b/.test(words);
}

/** As Node reads it: spaces part words, quotes join them, a backslash takes the next character as it is. */
function quote(path: string): string {
  return /^[\w./@%+,:=-]+$/.test(path) ? path : `"${path.replaceAll(/[\\"]/g, "\\$&")}"`;
}
