/** What runs beside the commands of a run once they have started, and what it saw of them. Nothing of it reaches a command. */
import type { ConsoleFacts } from "../../generated/types.js";
import type { Extensions } from "../../kinds/experiment.js";
import type { BegunRun } from "../../operations/run/run-request.js";
import type { RunningCommand } from "../../process/command.js";
import { joinConsole } from "./console/join-console.js";
import type { ConsoleReader, ConsoleRequest } from "./console/read-console.js";
import type { Sampler } from "./samples/samples.js";

export interface Started {
  readonly running: RunningCommand;
  /** Streams that have a log. */
  readonly streams: readonly string[];
}

export interface Companions {
  /** Of a command that has started, with its logs in a folder; its end is theirs too, a few seconds later at most. */
  readonly attend: (begun: BegunRun, started: Started, logs: string) => Promise<RunningCommand>;
  /** As entries under the extension key of the run. */
  readonly facts: () => Extensions;
}

export function companions(entryFile: string, env: NodeJS.ProcessEnv): Companions {
  const consoles: ConsoleFacts[] = [];
  let samples: Sampler | undefined;
  /** The command runs already: whatever cannot be had is no reason to disturb it. */
  const watch = async ({ prepared, folder }: BegunRun, { pid, ended }: RunningCommand) => {
    try {
      if (pid === null || !(prepared.request.samples ?? prepared.project.config.samples ?? true)) return;
      samples ??= (await import("./samples/samples.js")).sampler(env);
      void ended.finally(samples.watch(pid, folder.path));
    } catch {}
  };
  return {
    attend: async (begun, { running, streams }, logs) => {
      const { folder, prepared } = begun;
      const { metricPatterns: patterns } = prepared;
      await watch(begun, running);
      if (patterns.length === 0) return running;
      const reader = await readBeside({ patterns, streams, logs, run: folder.path, entryFile });
      const ended = running.ended.then(async (end) => {
        const facts = await reader?.end();
        if (facts !== undefined) consoles.push(facts);
        return end;
      });
      return { ...running, ended };
    },
    facts: () => {
      const console = joinConsole(consoles);
      const usage = samples?.usage() ?? null;
      return { ...(console !== null && { console }), ...(usage !== null && { usage }) };
    },
  };
}

async function readBeside(request: ConsoleRequest): Promise<ConsoleReader | undefined> {
  try {
    return (await import("./console/read-console.js")).readConsole(request);
  } catch {
    return undefined;
  }
}
