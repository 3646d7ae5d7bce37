/** What Colophon wants to know of Git's configuration, and which files it stands in. */
import { dirname, join, resolve } from "node:path";
import type { Source } from "../../generated/types.js";
import { mergeRedactions, type Redactions } from "../../secrets/redactions.js";
import { redactUrl } from "../../secrets/url.js";
import { splitAtNul } from "../byte-path.js";

export interface Configuration {
  readonly sparse: boolean;
  readonly remotes: Source["remotes"];
  readonly redactions: Redactions;
  /** Filters with a program. */
  readonly filterPrograms: readonly string[];
}

interface Entry {
  /** Absolute path of the file it stands in. */
  readonly file: string;
  /** Section and variable are lower case; what stands between them is as written. */
  readonly key: string;
  readonly value: string;
}

export const listConfigurationWords = ["config", "--list", "--show-origin", "--includes", "-z"];

/** `file:.git/config` NUL `remote.origin.url` LF value NUL; a path is relative to the root. Our own -c settings are left out. */
export function parseConfiguration(output: Buffer, root: string): readonly Entry[] {
  const pieces = [...splitAtNul(output)].map((piece) => piece.toString());
  const entries: Entry[] = [];
  for (let at = 0; at + 1 < pieces.length; at += 2) {
    const origin = pieces[at]!;
    const [key = "", ...lines] = pieces[at + 1]!.split("\n");
    if (!origin.startsWith("file:")) continue;
    // A key without `=` is true.
    const value = lines.length === 0 ? "true" : lines.join("\n");
    entries.push({ file: resolve(root, origin.slice("file:".length)), key, value });
  }
  return entries;
}

export function readConfiguration(entries: readonly Entry[]): Configuration {
  const urls = new Map<string, string>();
  const filterPrograms = new Set<string>();
  let sparse = false;
  for (const { key, value } of entries) {
    const remote = /^remote\.(.+)\.url$/s.exec(key)?.[1];
    if (remote !== undefined && value !== "" && !urls.has(remote)) urls.set(remote, value);
    const filter = /^filter\.(.+)\.(?:clean|process)$/s.exec(key)?.[1];
    if (filter !== undefined && value !== "") filterPrograms.add(filter);
    if (key === "core.sparsecheckout") sparse = /^(?:true|yes|on|[1-9]\d*)$/i.test(value);
  }
  const remotes = [...urls].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, url]) => ({ name, url }));
  return redactAgain({ sparse, remotes, redactions: {}, filterPrograms: [...filterPrograms] });
}

/** A memory may be older than the rules: what they find today is taken out today. */
export function redactAgain(configuration: Configuration): Configuration {
  const redacted = configuration.remotes.map(({ name, url }) => ({ name, ...redactUrl(url) }));
  return {
    ...configuration,
    remotes: redacted.map(({ name, value }) => ({ name, url: value })),
    redactions: mergeRedactions(configuration.redactions, ...redacted.map(({ redactions }) => redactions)),
  };
}

/** Every file whose appearance or change could change the configuration, those included by others too, whether they are there or not. */
export function configurationFiles(
  entries: readonly Entry[],
  env: NodeJS.ProcessEnv,
  program: string,
): string[] {
  const home = env.HOME ?? "";
  const included = entries
    .filter(({ key }) => key === "include.path" || /^includeif\..*\.path$/s.test(key))
    .map(({ file, value }) => resolve(dirname(file), value.replace(/^~(?=\/)/, home)));
  const users = env.GIT_CONFIG_GLOBAL
    ? [env.GIT_CONFIG_GLOBAL]
    : [join(home, ".gitconfig"), join(env.XDG_CONFIG_HOME || join(home, ".config"), "git/config")];
  const systems = env.GIT_CONFIG_SYSTEM
    ? [env.GIT_CONFIG_SYSTEM]
    : ["/etc/gitconfig", join(dirname(program), "../etc/gitconfig")];
  return [...new Set([...entries.map(({ file }) => file), ...included, ...users, ...systems])];
}

/** The variables that decide which of those files count. */
export function configurationVariables(env: NodeJS.ProcessEnv): readonly (string | null)[] {
  const names = ["HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"];
  return names.map((name) => env[name] ?? null);
}
