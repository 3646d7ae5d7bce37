import { sharePorts } from "../../local-ports/repository/share.js";
import { pushRuns } from "../../operations/share/push-runs.js";
import { type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { formatPlan, reportShare, sending } from "../reports/records/report-share.js";
import { byteCount } from "../terminal/byte-count.js";
import { countProgress } from "../terminal/count-progress.js";
import { errPaint } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";
import { workProgress } from "../terminal/work-progress.js";

const flags: Flags = {
  remote: { value: "NAME", about: "the Git remote to send to (default: origin)" },
  records: { about: "send each run's files too, those that Git leaves out among them" },
  "max-bytes": {
    value: "N",
    about: "with --records: at most N bytes of them for each run (default 104857600)",
  },
  "dry-run": { about: "only say what would be sent" },
  json: { about: "print one JSON object (spec/cli/push.schema.json)" },
};

export const push: Command = {
  summary: "send the snapshots of runs, and with --records their files, to a Git remote",
  usage: "colophon push [flags] [RUN …]",
  flags,
  notes: [
    "RUN is an id, the beginning or the end of one, or the path of its folder; without one, all runs of the project are sent.",
    "Sent are refs/colophon/snapshots/<id> and, with --records, refs/colophon/records/<id>, and no other ref: each is named in",
    "full, none is forced, and what the remote has under the name stays. Your pre-push hook is for your own pushes and is not run.",
    "--records takes metrics, samples, logs and artifacts as they lie there: look at --dry-run first when others can read the remote.",
    "Exit status 1 when something differs, is missing or was refused.",
    "",
    "  colophon push",
    "  colophon push --records --dry-run k3f9q2",
  ],
  run: runPush,
};

/** The largest file that well-known hosts take, and enough for metrics, logs and small models. */
const defaultMaximum = 100 * 1024 * 1024;

async function runPush(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("push", words, flags);
  const working = workProgress("sending", streams);
  const ports = await sharePorts(streams.directory, streams.env, {
    direction: "push",
    mayAsk: streams.errIsTerminal,
    onProgress: working.hear,
  });
  const request = {
    words: given.paths,
    remote: given.value("remote") ?? "origin",
    records: given.has("records"),
    maximumBytes: byteCount("push", given) ?? defaultMaximum,
    dryRun: given.has("dry-run"),
  };
  const paint = errPaint(streams);
  const say = (line: string) => streams.err(`${paint.glyphs.rule} ${line}\n`);
  let counting = countProgress("looking at", 0, streams);
  /** Each kind of work is counted from its first run. */
  const count = (doing: string) => (done: number, total: number) => {
    if (done === 1) {
      counting.clear();
      counting = countProgress(doing, total, streams);
    }
    counting.show(done);
  };
  try {
    const outcome = await pushRuns(request, ports, {
      gathering: count("looking at"),
      planned: (plan) => {
        counting.clear();
        for (const line of formatPlan(plan, sending)) say(line);
      },
      storing: count("packing"),
    });
    counting.clear();
    working.clear();
    return reportShare(outcome, sending, given.has("json"), streams);
  } finally {
    working.clear();
  }
}
