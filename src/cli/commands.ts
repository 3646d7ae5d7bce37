/** The table of commands. A command's code is loaded only when it is asked for. */
import type { Flags } from "./arguments.js";
import type { Streams } from "./streams.js";

export interface Command {
  readonly summary: string;
  readonly usage: string;
  readonly flags: Flags;
  /** Lines under the flags: examples first, then what else one must know. */
  readonly notes: readonly string[];
  /** Gives the exit status. */
  readonly run: (words: readonly string[], streams: Streams) => Promise<number>;
}

export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  init: {
    summary: "set up a project: colophon.json, the records folder, the hook",
    load: async () => (await import("./commands/init.js")).init,
  },
  run: {
    summary: "run a command, and leave a record of what ran",
    load: async () => (await import("./commands/run.js")).run,
  },
  validate: {
    summary: "judge manifests in files, folders, standard input or the index",
    load: async () => (await import("./commands/validate.js")).validate,
  },
  commit: {
    summary: "commit the tracked files of runs, and nothing else",
    load: async () => (await import("./commands/commit.js")).commit,
  },
  hooks: {
    summary: "install or uninstall the pre-commit hook",
    load: async () => (await import("./commands/hooks.js")).hooks,
  },
};
