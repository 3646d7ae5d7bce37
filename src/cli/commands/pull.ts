import { sharePorts } from "../../local-ports/repository/share.js";
import { suffixOf } from "../../manifest/ids.js";
import { pullRuns } from "../../operations/share/pull-runs.js";
import type { ShareOutcome } from "../../operations/share/result.js";
import { type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { receiving, reportShare } from "../reports/records/report-share.js";
import { countProgress } from "../terminal/count-progress.js";
import { counted } from "../terminal/counted.js";
import { errPaint } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";
import { workProgress } from "../terminal/work-progress.js";

const flags: Flags = {
  remote: { value: "NAME", about: "the Git remote to fetch from (default: origin)" },
  records: { about: "bring each run's files too, and runs that are not here at all" },
  "dry-run": { about: "only say what would be brought" },
  json: { about: "print one JSON object (spec/cli/pull.schema.json)" },
};

export const pull: Command = {
  summary: "bring the snapshots of runs, and with --records their files, from a Git remote",
  usage: "colophon pull [flags] [RUN …]",
  flags,
  notes: [
    "RUN is an id, the beginning or the end of one; without one, all runs of the project, and with --records also those that only",
    "the remote has. Files are held to the digests that the run recorded before they are put in place; a file that is here with",
    "other bytes stays as it is. No branch, tag or other ref is touched. Exit status 1 when something differs or was refused.",
    "",
    "  colophon pull",
    "  colophon pull --records && colophon verify",
  ],
  run: runPull,
};

async function runPull(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("pull", words, flags);
  const working = workProgress("receiving", streams);
  const ports = await sharePorts(streams.directory, streams.env, {
    direction: "fetch",
    mayAsk: streams.errIsTerminal,
    onProgress: working.hear,
  });
  const request = {
    words: given.paths,
    remote: given.value("remote") ?? "origin",
    records: given.has("records"),
    dryRun: given.has("dry-run"),
  };
  let counting: ReturnType<typeof countProgress> | undefined;
  try {
    const outcome = await pullRuns(request, ports, {
      receiving: (done, total) => {
        working.clear();
        counting ??= countProgress("checking", total, streams);
        counting.show(done);
      },
    });
    counting?.clear();
    working.clear();
    return reportShare(
      outcome,
      receiving,
      given.has("json"),
      streams,
      nextLines(outcome, request.records, errPaint(streams)),
    );
  } finally {
    working.clear();
  }
}

/** What to type now: a run that came whole is in no commit here, and others may be there for the asking. */
function nextLines(
  { runs, elsewhere }: ShareOutcome,
  hasRecords: boolean,
  { glyphs }: ReturnType<typeof errPaint>,
): string[] {
  const whole = runs.filter(({ records }) => records?.is_new === true).map(({ id }) => suffixOf(id));
  return [
    ...(whole.length > 0 ? [`${glyphs.arrow} colophon commit ${whole.slice(0, 8).join(" ")}`] : []),
    ...(elsewhere > 0 && !hasRecords
      ? [
          `${counted(elsewhere, "run")} of the remote ${elsewhere === 1 ? "is" : "are"} not here: git pull, or colophon pull --records`,
        ]
      : []),
  ];
}
