/** The table of commands. A command's code is loaded only when it is asked for. */
import type { Flags } from "./arguments.js";
import type { Streams } from "./terminal/streams.js";

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
  ls: {
    summary: "list the recorded runs, newest first",
    load: async () => (await import("./commands/ls.js")).ls,
  },
  show: {
    summary: "show a recorded run: its stages, code, data, parameters, artifacts",
    load: async () => (await import("./commands/show.js")).show,
  },
  diff: {
    summary: "say what differs between two runs, from code to artifacts",
    load: async () => (await import("./commands/diff.js")).diff,
  },
  plot: {
    summary: "draw a metric of runs, in the terminal or as SVG or PNG",
    load: async () => (await import("./commands/plot.js")).plot,
  },
  tag: {
    summary: "give a recorded run tags, or take them away",
    load: async () => (await import("./commands/tag.js")).tag,
  },
  note: {
    summary: "add a note to a recorded run",
    load: async () => (await import("./commands/note.js")).note,
  },
  validate: {
    summary: "judge manifests in files, folders, standard input or the index",
    load: async () => (await import("./commands/validate.js")).validate,
  },
  verify: {
    summary: "hold recorded runs against their files, data and code as they are now",
    load: async () => (await import("./commands/verify.js")).verify,
  },
  reproduce: {
    summary: "run a recorded run again, and say whether the same comes out",
    load: async () => (await import("./commands/reproduce.js")).reproduce,
  },
  trace: {
    summary: "the chain behind a file, digest, figure, run or metric: code, data, seed, parameters",
    load: async () => (await import("./commands/trace.js")).trace,
  },
  figure: {
    summary: "record what figures are made from, and hold them against it",
    load: async () => (await import("./commands/figure.js")).figure,
  },
  serve: {
    summary: "show figures and the rows behind them in a browser, on this machine alone",
    load: async () => (await import("./commands/serve.js")).serve,
  },
  commit: {
    summary: "commit the tracked files of runs, and nothing else",
    load: async () => (await import("./commands/commit.js")).commit,
  },
  push: {
    summary: "send the snapshots of runs, and with --records their files, to a Git remote",
    load: async () => (await import("./commands/push.js")).push,
  },
  pull: {
    summary: "bring the snapshots of runs, and with --records their files, from a Git remote",
    load: async () => (await import("./commands/pull.js")).pull,
  },
  rm: {
    summary: "move runs to the trash, or restore them from it",
    load: async () => (await import("./commands/rm.js")).rm,
  },
  fixture: {
    summary: "generate, verify, load, replay and compare deterministic batches of events",
    load: async () => (await import("./commands/fixture.js")).fixture,
  },
  doctor: {
    summary: "look for runs whose tracker died and for what else needs a repair",
    load: async () => (await import("./commands/doctor.js")).doctor,
  },
  "ground-truth": {
    summary: "ask what is true of a synthetic dataset, from the manifest beside its tables",
    load: async () => (await import("./commands/ground-truth.js")).groundTruth,
  },
  hooks: {
    summary: "install or uninstall the pre-commit hook",
    load: async () => (await import("./commands/hooks.js")).hooks,
  },
};
