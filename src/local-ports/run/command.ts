/** The wrapped command and what is gathered beside it, for `colophon run`. */
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Runtimes } from "../../environment/runtimes.js";
import type { FollowPorts } from "../../operations/run/follow-rank.js";
import type { RunPorts } from "../../operations/run/record-run.js";
import type { BegunRun } from "../../operations/run/run-request.js";
import { type Drain, prepareDrain } from "../../process/drain/drain.js";
import { keepWaiting } from "../../process/keep-waiting.js";
import type { Observation } from "../../process/observe/observation.js";
import { startCommand } from "../../process/start-command.js";
import { createStreamRedactor } from "../../secrets/stream.js";
import {
  openLiveFolder,
  openStateFolder,
  removeLiveFolder,
  stateFolderOf,
} from "../../store/state-folder.js";
import { companions } from "./companions.js";
import { joinRun } from "./job.js";
import { withPythonModule } from "./python-module.js";

export interface CommandSurroundings {
  readonly env: NodeJS.ProcessEnv;
  /** The bundled program itself, started a second time to gather slow facts. */
  readonly entryFile: string;
  readonly runtimes: () => Runtimes | undefined;
  /** Says one line to the user while the command runs. */
  readonly warn: (line: string) => void;
  /** The streams that the command's stdout and stderr go on to; default 1 and 2. */
  readonly outlets?: readonly [number, number] | undefined;
}

export interface CommandPorts
  extends Pick<
      RunPorts,
      "prepareOutput" | "startCommand" | "gatherSlowFacts" | "readObserved" | "besideCommands"
    >,
    Pick<FollowPorts, "startFollower"> {
  /** Undoes what was prepared for a command that is not started after all. */
  readonly abandon: () => Promise<void>;
}

/** Slow facts that are not there when the command has ended are waited for this long. */
const patience = 2000;

export function commandPorts({ env, entryFile, runtimes, warn, outlets }: CommandSurroundings): CommandPorts {
  let observation: Observation | undefined;
  const beside = companions(entryFile, env);
  let output: { readonly drain: Promise<Drain>; readonly live: string } | undefined;
  const prepareOutput: RunPorts["prepareOutput"] = ({ root }, capture) => {
    const live = openLiveFolder(root, randomBytes(8).toString("hex"));
    output = { live, drain: prepareDrain({ live, capture, redactor: createStreamRedactor, env, outlets }) };
  };
  const start = async (root: string, command: Parameters<typeof startCommand>[0], logs: string) => {
    if (output === undefined) throw new Error("the output was not prepared");
    const { live } = output;
    const drain = await output.drain;
    output = undefined;
    drain.openLogs(logs);
    // From here on a fault of ours must not end the command: it is written down, said once, and the command goes on.
    const crash = join(stateFolderOf(root), `crash-${process.pid}.txt`);
    keepWaiting(crash, () => warn(`a fault of Colophon's own is written to ${crash}; the command goes on`));
    const running = startCommand({ ...command, env: withPythonModule(command.env, entryFile) }, drain);
    void running.ended.then(() => removeLiveFolder(live));
    return { running, streams: drain.plan.streams };
  };
  return {
    prepareOutput,
    startCommand: async (begun, command, logs) => {
      const { folder, prepared } = begun;
      const { project, capture } = prepared;
      // The first command's was prepared while the facts were captured.
      if (output === undefined) prepareOutput(project, capture);
      mkdirSync(join(folder.path, logs), { recursive: true, mode: 0o700 });
      observation ??= await observe(begun, { env, entryFile });
      const place = join(folder.path, logs);
      return beside.attend(
        begun,
        await start(project.root, observation?.attach(command) ?? command, place),
        place,
      );
    },
    besideCommands: beside.facts,
    readObserved: async (begun) => {
      if (observation === undefined) return null;
      const { readObservation } = await import("./observe.js");
      return readObservation(begun, observation, { env, entryFile });
    },
    startFollower: async ({ argv, directory, forward, killAfterSeconds, capture }, project, rank) => {
      prepareOutput(project, capture ?? project.config.capture ?? "auto");
      const logs = join(
        openStateFolder(project.root),
        "ranks",
        `${new Date().toISOString().replaceAll(/[:.]/g, "")}-rank-${rank}-${process.pid}`,
      );
      mkdirSync(logs, { recursive: true, mode: 0o700 });
      const joined = await joinRun(project, env, rank, logs);
      const request = { argv, cwd: directory, env: joined.env, forward, killAfterSeconds };
      const { running } = await start(project.root, request, logs);
      return { ...running, ended: running.ended.finally(joined.leave) };
    },
    gatherSlowFacts: async ({ prepared: { captured, project, request } }, ended) => {
      const { gatherSlowFacts } = await import("../../environment/slow-facts.js");
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
      observation?.end();
      if (output === undefined) return;
      (await output.drain).abandon();
      removeLiveFolder(output.live);
    },
  };
}

async function observe(
  begun: BegunRun,
  surroundings: Pick<CommandSurroundings, "env" | "entryFile">,
): Promise<Observation | undefined> {
  const { request, project } = begun.prepared;
  const how = request.observe ?? project.config.observe ?? false;
  if (how === false) return undefined;
  const { beginObservation } = await import("./observe.js");
  return beginObservation(begun, how === "strace" ? "strace" : "injected", surroundings);
}
