/** Runs the user's command so that it lives, speaks and ends as it would have without us. */
import type { CommandEnd, CommandRequest, RunningCommand } from "./command.js";
import type { Drain } from "./drain/drain.js";
import type { Recording } from "./drain/recording.js";
import { finishDrain } from "./finish-drain.js";
import { launch } from "./launch.js";
import { watchMemory } from "./out-of-memory.js";
import { relaySignals } from "./relay-signals.js";

/** Throws nothing, whatever the command does or fails to do. Call `drain.openLogs` first. */
export function startCommand(request: CommandRequest, drain: Drain): RunningCommand {
  const relay = relaySignals(request);
  // The global `performance` would cost a millisecond to load.
  const from = process.uptime();
  const launched = launch(request, drain);
  relay.attend(launched);
  const memory = watchMemory();
  const recordings = beginToRead(drain);
  const finish = async (): Promise<CommandEnd> => {
    const ending = await launched.ended;
    const elapsedSeconds = process.uptime() - from;
    const oomKilled = memory.killed(ending);
    const orphans = await finishDrain(drain, recordings, relay.received);
    const { signals, killed } = relay.detach();
    return {
      ...ending,
      oomKilled,
      elapsedSeconds,
      orphans,
      interrupted: signals,
      killed,
      logs: drain.outcome(),
    };
  };
  return { pid: launched.pid, ended: finish() };
}

/** The command runs already: where we cannot read its output, the keeper does. */
function beginToRead(drain: Drain): readonly Recording[] {
  try {
    return drain.begin();
  } catch {
    // Somebody must read, or the command would wait for ever.
    void drain.handOver();
    return [];
  }
}
