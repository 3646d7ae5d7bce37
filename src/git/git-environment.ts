/** The environment and the first words of every Git that Colophon runs for itself. */

/** What the user says about discovery and about their own settings. Every other GIT_ variable is dropped: one inherited from a hook,
 * an alias or a mistake would show another repository, another index, or start a program. */
const kept = new Set([
  "GIT_ATTR_NOSYSTEM",
  "GIT_CEILING_DIRECTORIES",
  "GIT_CONFIG_GLOBAL",
  "GIT_CONFIG_NOSYSTEM",
  "GIT_CONFIG_SYSTEM",
  "GIT_DISCOVERY_ACROSS_FILESYSTEM",
  "GIT_EXEC_PATH",
]);

const pinned = {
  LC_ALL: "C",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_LAZY_FETCH: "1",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_LITERAL_PATHSPECS: "1",
  // Wins over every protocol.<name>.allow of the configuration: no name of a transport is "none".
  GIT_ALLOW_PROTOCOL: "none",
};

/** `alsoKept`: variables that name the commit in progress, for what a hook calls. */
export function hardenedEnvironment(
  env: NodeJS.ProcessEnv,
  alsoKept: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !name.startsWith("GIT_") || kept.has(name));
  return { ...Object.fromEntries(own), ...alsoKept, ...pinned };
}

/** Settings that could start a program or that change what is printed. Git hands them on to the Gits it starts in submodules. */
const settings = [
  "core.fsmonitor=false",
  "core.hooksPath=/dev/null",
  "core.quotePath=false",
  "credential.helper=",
  "diff.ignoreSubmodules=none",
  "diff.renameLimit=1000",
  "gc.auto=0",
  "log.showSignature=false",
  "maintenance.auto=false",
  "protocol.allow=never",
  "safe.bareRepository=explicit",
  "status.renameLimit=1000",
  "status.renames=true",
  "status.showUntrackedFiles=all",
  "submodule.recurse=false",
];

export const hardenedWords: readonly string[] = [
  "--no-pager",
  "--no-optional-locks",
  ...settings.flatMap((setting) => ["-c", setting]),
];

/** What `git rev-parse --local-env-vars` names: all that ties a process to one repository. */
const repositoryVariables = new Set([
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_COMMON_DIR",
  "GIT_CONFIG",
  "GIT_CONFIG_COUNT",
  "GIT_CONFIG_PARAMETERS",
  "GIT_DIR",
  "GIT_GRAFT_FILE",
  "GIT_IMPLICIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_INTERNAL_SUPER_PREFIX",
  "GIT_NO_REPLACE_OBJECTS",
  "GIT_OBJECT_DIRECTORY",
  "GIT_PREFIX",
  "GIT_REPLACE_REF_BASE",
  "GIT_SHALLOW_FILE",
  "GIT_WORK_TREE",
]);

/** For a commit of the user's: their identity, editor and settings stay, ties to another repository go. */
export function userEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !repositoryVariables.has(name)));
}

/** Of the settings in the environment, those of the user's for this very process stay: that is how machines hand in credentials. */
const keptForRemotes = new Set(["GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS"]);

/** A namespace would rename refs on the other side; traces would print credentials. */
const droppedForRemotes = /^GIT_(TRACE.*|CURL_VERBOSE|NAMESPACE|QUARANTINE_PATH)$/;

/** The transports that Git itself calls safe. Any other is a program that a repository's configuration could name. */
const transports = "file:git:http:https:ssh";

/**
 * For a remote: the user's own transports, keys, credential helpers and certificates. `settings` go in by the environment, as the
 * name of a remote may hold what `-c` would take for the end of a key.
 */
export function remoteEnvironment(
  env: NodeJS.ProcessEnv,
  mayAsk: boolean,
  settings: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(
    ([name]) => (!repositoryVariables.has(name) || keptForRemotes.has(name)) && !droppedForRemotes.test(name),
  );
  const given = Number(env.GIT_CONFIG_COUNT) || 0;
  const ours = Object.entries(settings).flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${given + index}`, key],
    [`GIT_CONFIG_VALUE_${given + index}`, value],
  ]);
  return {
    GIT_ALLOW_PROTOCOL: transports,
    ...(!mayAsk && { GIT_TERMINAL_PROMPT: "0" }),
    ...Object.fromEntries([...own, ...ours]),
    ...(ours.length > 0 && { GIT_CONFIG_COUNT: String(given + ours.length / 2) }),
    LC_ALL: "C",
  };
}

/** No hook, no housekeeping, no submodule, no signature, no tag that would follow. */
const remoteSettings = [
  "core.fsmonitor=false",
  "core.hooksPath=/dev/null",
  "fetch.writeCommitGraph=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "push.followTags=false",
  "push.gpgSign=false",
  "push.pushOption=",
  "push.recurseSubmodules=no",
  "submodule.recurse=false",
];

export const remoteWords: readonly string[] = [
  "--no-pager",
  ...remoteSettings.flatMap((setting) => ["-c", setting]),
];
