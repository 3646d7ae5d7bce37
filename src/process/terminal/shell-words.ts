/** Starts a command through the shell without the shell leaving a trace on it. */
import type { CommandRequest } from "../command.js";

export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** `env` would take a program of such a name for an assignment or a flag of its own. */
export function canRunThroughShell({ argv: [program = ""] }: Pick<CommandRequest, "argv">): boolean {
  return program !== "" && !program.includes("=") && !program.startsWith("-");
}

/** Words that run `first` in a shell, which then becomes the command. */
export function throughShell(first: string, argv: readonly string[], env: NodeJS.ProcessEnv): string[] {
  return ["/bin/sh", "-c", `${first}; exec "$@"`, "sh", ...restoreEnvironment(env), ...argv];
}

/**
 * Words for `env` that undo what shells do to the environment: they set some variables of their own, and drop what no variable of theirs
 * can be called, such as the functions of bash that clusters export. `names` are those the caller changed besides.
 */
export function restoreEnvironment(env: NodeJS.ProcessEnv, names: readonly string[] = []): string[] {
  const odd = Object.keys(env).filter((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  const words = ["PWD", "OLDPWD", "SHLVL", "_", ...names, ...odd].flatMap((name) => {
    const value = env[name];
    return value === undefined ? { unset: name } : { set: `${name}=${value}` };
  });
  return [
    "env",
    ...words.flatMap((word) => ("unset" in word ? ["-u", word.unset] : [])),
    ...words.flatMap((word) => ("set" in word ? [word.set] : [])),
  ];
}
