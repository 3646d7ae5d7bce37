import { exitStatus, LifecycleError, UsageError } from "../../errors.js";
import { checkNamespace } from "../../kinds/table.js";
import type { RecordPorts } from "../../local-ports/records/records.js";
import { showPorts } from "../../local-ports/records/show.js";
import { metricsOf } from "../../operations/metrics/metrics-of.js";
import { describeRun } from "../../operations/records/describe-run.js";
import { findRun, wordFor } from "../../operations/records/find-run.js";
import { type FollowPorts, followRun, passOnOutput } from "../../operations/records/follow-run.js";
import { summarizeRun } from "../../operations/records/list/summarize-run.js";
import { loadRecord, loadRun } from "../../operations/records/load/load-run.js";
import { observeRecord } from "../../operations/records/state/observe-record.js";
import { type Arguments, type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { endLine, stageLine } from "../reports/run/report-follow.js";
import { formatRun } from "../reports/run/report-show.js";
import { byteCount } from "../terminal/byte-count.js";
import { errPaint, outPaint, printable } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";
import { terminalText } from "../terminal/terminal-text.js";

const flags: Flags = {
  log: { about: "print what the run's command wrote, each stream to its own" },
  follow: { short: "f", about: "pass the output on while the run goes on, until it ends" },
  namespace: { value: "KEY", about: "the extension key of the run (default: that of its project)" },
  "max-bytes": { value: "N", about: "read larger manifests than 8 MiB" },
  utc: { about: "times in UTC" },
  json: { about: "print one JSON object (spec/cli/show.schema.json)" },
};

export const show: Command = {
  summary: "show a recorded run: its stages, code, data, parameters, artifacts",
  usage: "colophon show [flags] RUN",
  flags,
  notes: [
    "RUN is an id, the beginning or the end of one, or the path of a run's folder, which may lie anywhere.",
    "--follow says on stderr how the stages go. Of a run that has ended it shows what is there at once.",
    "",
    "  colophon show k3f9q2",
    "  colophon show k3f9q2 --log > out.txt 2> err.txt",
    "  colophon show k3f9q2 --json | jq .parameters",
  ],
  run: runShow,
};

type Ports = RecordPorts & FollowPorts;

async function runShow(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("show", words, flags);
  const word = onlyRun(given);
  const namespace = given.value("namespace");
  if (namespace !== undefined) checkNamespace(namespace, "--namespace");
  const maximumBytes = byteCount("show", given);
  const ports = showPorts(streams.directory, streams.env, namespace, maximumBytes);
  const path = findRun(word, ports);
  if (given.has("log")) return printLogs(path, ports, streams);
  if (given.has("follow") && (await follow(path, ports, streams))) return exitStatus.fine;
  const run = loadRun(path, ports.loading);
  const description = describeRun(run, {
    namespace: ports.loading.namespaceOf(run.folder),
    now: ports.now(),
    logsScanned: observeRecord(run.folder, ports.loading).logs === "scanned",
    metrics: await metricsOf(run, ports),
  });
  if (given.has("json")) {
    streams.out(`${JSON.stringify(description, null, 2)}\n`);
  } else {
    const width = streams.outIsTerminal ? streams.columns : null;
    const view = {
      utc: given.has("utc"),
      word: wordFor(run, word, ports),
      directory: streams.directory,
      width,
    };
    for (const line of formatRun(description, view, outPaint(streams))) streams.out(`${line}\n`);
  }
  return exitStatus.fine;
}

/** Gives `false`, having said nothing, when there is nothing to follow. */
async function follow(path: string, ports: Ports, streams: Streams): Promise<boolean> {
  const before = loadRecord(path, ports.loading);
  if (before.observed.state !== "running" && before.observed.state !== "unknown") return false;
  const paint = errPaint(streams);
  const say = (line: string) => streams.err(`${paint.glyphs.rule} ${line}\n`);
  if (before.observed.reason !== null)
    say(
      paint.yellow(`${paint.glyphs.note} ${printable(before.observed.reason)}; followed until it has an end`),
    );
  const output = outputTo(streams);
  const stage = (record: Parameters<typeof stageLine>[0]) => say(stageLine(record, paint));
  const record = await followRun(before.folder, ports, { stage, output: output.pass });
  output.end();
  say(endLine(summarizeRun(record, ports.now()), paint));
  return true;
}

function printLogs(path: string, ports: Ports, streams: Streams): number {
  const { folder } = loadRecord(path, ports.loading);
  if (ports.listLogs(folder).length === 0)
    throw new LifecycleError("LOG_NOT_HERE", `${folder} holds no output of its command`, {
      hint: "Look where the run was made: logs stay out of Git, and may not have been kept.",
    });
  const output = outputTo(streams);
  passOnOutput(folder, ports, { output: output.pass });
  output.end();
  return exitStatus.fine;
}

/** Each stream to its own; byte for byte where no terminal would obey what stands in them. */
function outputTo(streams: Streams) {
  const { out, err, outIsTerminal, errIsTerminal } = streams;
  const screens = { out: outIsTerminal ? terminalText() : null, err: errIsTerminal ? terminalText() : null };
  return {
    pass: (path: string, bytes: Uint8Array) => {
      if (path.endsWith("stderr.log")) err(screens.err?.pass(bytes) ?? bytes);
      else out(screens.out?.pass(bytes) ?? bytes);
    },
    end: () => {
      if (screens.out !== null) out(screens.out.end());
      if (screens.err !== null) err(screens.err.end());
    },
  };
}

function onlyRun({ paths, has }: Arguments): string {
  const [word, ...others] = paths;
  const clash = has("json") && (has("log") || has("follow"));
  if (clash)
    throw new UsageError(
      "BAD_FLAG_VALUE",
      "--json prints facts, --log and --follow print the output itself",
      {
        hint: "Leave one of them out.",
      },
    );
  if (word !== undefined && others.length === 0) return word;
  const found = word === undefined ? "none" : `${paths.length}: ${paths.join(" ")}`;
  throw new UsageError("NO_RUN_NAMED", `colophon show takes one run; found ${found}`, {
    hint: "Type: colophon show k3f9q2, with the end of the run's id; `colophon ls` lists them.",
  });
}
