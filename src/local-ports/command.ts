/** The wrapped command and what is gathered beside it, for `colophon run`. */
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Runtimes } from "../environment/runtimes.js";
import type { FollowPorts } from "../operations/follow-rank.js";
import type { RunPorts } from "../operations/record-run.js";
import { type Drain, prepareDrain } from "../process/drain/drain.js";
import { keepWaiting } from "../process/keep-waiting.js";
import { startCommand } from "../process/start-command.js";
import { createStreamRedactor } from "../secrets/stream.js";
import { openLiveFolder, openStateFolder, removeLiveFolder } from "../store/state-folder.js";

export interface CommandSurroundings {
  readonly env: NodeJS.ProcessEnv;
  /** The bundled program itself, started a second time to gather slow facts. */
  readonly entryFile: string;
  readonly runtimes: () => Runtimes | undefined;
  /** Says one line to the user while the command runs. */
  readonly warn: (line: string) => void;
}

export interface CommandPorts
  extends Pick<RunPorts, "prepareOutput" | "startCommand" | "gatherSlowFacts">,
    Pick<FollowPorts, "startFollower"> {
  /** Undoes what was prepared for a command that is not started after all. */
  readonly abandon: () => Promise<void>;
}

/** Slow facts that are not there when the command has ended are waited for this long. */
const patience = 2000;

export function commandPorts({ env, entryFile, runtimes, warn }: CommandSurroundings): CommandPorts {
  let output: { readonly drain: Promise<Drain>; readonly live: string } | undefined;
  const prepareOutput: RunPorts["prepareOutput"] = ({ root }, capture) => {
    const live = openLiveFolder(root, randomBytes(8).toString("hex"));
    output = { live, drain: prepareDrain({ live, capture, redactor: createStreamRedactor, env }) };
  };
  const start = async (root: string, command: Parameters<typeof startCommand>[0], logs: string) => {
    if (output === undefined) throw new Error("the output was not prepared");
    const drain = await output.drain;
    drain.openLogs(logs);
    const { live } = output;
    // From here on a fault of ours must not end the command: it is written down, said once, and the command goes on.
    const crash = join(openStateFolder(root), `crash-${process.pid}.txt`);
    keepWaiting(crash, () => warn(`a fault of Colophon's own is written to ${crash}; the command goes on`));
    const running = startCommand(command, drain);
    void running.ended.then(() => removeLiveFolder(live));
    return running;
  };
  return {
    prepareOutput,
    startCommand: ({ folder, prepared }, command) => start(prepared.project.root, command, folder.logs),
    startFollower: ({ argv, directory, forward, killAfterSeconds, capture }, project, rank) => {
      prepareOutput(project, capture ?? project.config.capture ?? "auto");
      const logs = join(
        openStateFolder(project.root),
        "ranks",
        `${new Date().toISOString().replaceAll(/[:.]/g, "")}-rank-${rank}-${process.pid}`,
      );
      mkdirSync(logs, { recursive: true, mode: 0o700 });
      return start(project.root, { argv, cwd: directory, env, forward, killAfterSeconds }, logs);
    },
    gatherSlowFacts: async ({ prepared: { captured, project, request } }, ended) => {
      const { gatherSlowFacts } = await import("../environment/slow-facts.js");
      const controller = new AbortController();
      const known = runtimes();
      const gathered = gatherSlowFacts(
        {
          interpreter: known?.interpreter ?? null,
          searchPath: known?.searchPath ?? [],
          cwd: request.directory,
          env,
          root: captured.root,
          cacheFolder: join(openStateFolder(project.root), "environment"),
          entryFile,
        },
        controller.signal,
      );
      void ended.then(() => {
        const timer = setTimeout(
          () => controller.abort("not ready 2 s after the command had ended"),
          patience,
        );
        void gathered.finally(() => clearTimeout(timer));
      });
      return gathered;
    },
    abandon: async () => {
      if (output === undefined) return;
      (await output.drain).abandon();
      removeLiveFolder(output.live);
    },
  };
}
