import { exitStatus } from "../../errors.js";
import { checkNamespace } from "../../kinds/table.js";
import { verifyPorts } from "../../local-ports/records/verify.js";
import {
  asksForLook,
  nothingTallied,
  type Tally,
  tallyOf,
  type VerifiedRun,
} from "../../operations/verify/result.js";
import { selectRuns } from "../../operations/verify/select-runs.js";
import { verifyRuns } from "../../operations/verify/verify-runs.js";
import { type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { formatTally, formatVerified } from "../reports/records/report-verify.js";
import { countProgress } from "../terminal/count-progress.js";
import { errPaint, outPaint } from "../terminal/paint.js";
import { progressLine } from "../terminal/progress.js";
import type { Streams } from "../terminal/streams.js";

const flags: Flags = {
  namespace: { value: "KEY", about: "the extension key of the runs (default: that of their project)" },
  json: { about: "print one JSON object (spec/cli/verify.schema.json)" },
};

export const verify: Command = {
  summary: "hold recorded runs against their files, data and code as they are now",
  usage: "colophon verify [flags] [RUN …]",
  flags,
  notes: [
    "RUN is an id, the beginning or the end of one, the path of a run's folder, or a folder of runs; without one, all runs of",
    "the project are verified. Looked at are the manifests and facts, SHA256SUMS, every input and artifact by its bytes, the",
    "commit and the snapshot. What Git leaves out and a clone does not have is not here, and no difference; whether the commit",
    "was pushed is told, and is none either. Nothing is changed.",
    "Exit status 1 when something differs, is missing or cannot be read; what is only not known does not count.",
    "",
    "  colophon verify k3f9q2",
    "  colophon verify --json records/2026-11 | jq '.runs[] | select(.verdict == \"differs\") | .id'",
  ],
  run: runVerify,
};

async function runVerify(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("verify", words, flags);
  const namespace = given.value("namespace");
  if (namespace !== undefined) checkNamespace(namespace, "--namespace");
  const reading = progressLine(streams);
  const ports = verifyPorts(streams.directory, streams.env, { namespace, onProgress: reading.show });
  const folders = selectRuns(given.paths, ports);
  const counting = countProgress("verifying", folders.length, streams);
  const report = given.has("json") ? jsonReport(streams) : humanReport(streams);
  let tally = nothingTallied;
  let isFine = true;
  for await (const run of verifyRuns(folders, ports)) {
    reading.clear();
    counting.clear();
    report.add(run);
    tally = tallyOf(tally, run);
    isFine &&= !run.checks.some(asksForLook);
    counting.show(tally.runs);
  }
  counting.clear();
  report.end(tally, isFine);
  return isFine ? exitStatus.fine : exitStatus.findings;
}

interface Report {
  readonly add: (run: VerifiedRun) => void;
  readonly end: (tally: Tally, isFine: boolean) => void;
}

function humanReport(streams: Streams): Report {
  const [out, err] = [outPaint(streams), errPaint(streams)];
  const say = (line: string) =>
    streams.err(`${err.glyphs.rule} ${line}
`);
  return {
    add: (run) =>
      streams.out(
        formatVerified(run, out)
          .map((line) => `${line}\n`)
          .join(""),
      ),
    end: (tally, isFine) => {
      say(tally.runs === 0 ? "no runs are recorded here yet" : formatTally(tally, err));
      if (!isFine) say("exit 1: something differs, is missing or cannot be read");
    },
  };
}

/** One object, written run by run: ten thousand of them are not held at once. */
function jsonReport({ out }: Streams): Report {
  let count = 0;
  return {
    add: (run) => {
      const text = JSON.stringify(run, null, 2).replaceAll("\n", "\n    ");
      out(`${count === 0 ? '{\n  "runs": [' : ","}\n    ${text}`);
      count += 1;
    },
    end: (tally) => {
      const summary = JSON.stringify(tally, null, 2).replaceAll("\n", "\n  ");
      out(`${count === 0 ? '{\n  "runs": []' : "\n  ]"},\n  "summary": ${summary}\n}\n`);
    },
  };
}
