/** The words of `colophon run`, read into a request. */
import { type ColophonError, UsageError } from "../errors.js";
import { faultOfArtifactName } from "../manifest/pipeline-rules.js";
import { parseMetricPattern } from "../operations/console/metric-pattern.js";
import type { NamedArtifact, RunRequest } from "../operations/run/run-request.js";
import { type Arguments, type Flags, parseArguments } from "./arguments.js";

export const runFlags: Flags = {
  data: {
    value: "NAME=PATH",
    repeat: true,
    about: "an input, file or folder; or `auto`: what the command's words name",
  },
  "data-hash": { value: "NAME=SHA256", repeat: true, about: "an input by its digest alone, not read" },
  "data-sums": { value: "FILE", repeat: true, about: "inputs by the lines of sha256sum, not read" },
  "synthetic-seed": { value: "N", about: "the data itself is generated from this seed" },
  param: { value: "NAME=VALUE", repeat: true, short: "p", about: "a parameter; NAME:=JSON forces JSON" },
  config: { value: "FILE", about: "parameters from a .json, .yaml or .toml file" },
  name: { value: "NAME", about: "name of the run (default: the program's)" },
  pipeline: { value: "NAME", about: "run the stages that colophon.json declares under this name" },
  skip: { value: "STAGE[=REASON]", repeat: true, about: "skip a stage of the pipeline that may be skipped" },
  from: { value: "RUN", about: "run again what RUN ran: its configuration, data and command" },
  artifact: { value: "NAME=PATH", repeat: true, about: "keep what the command leaves, file or folder" },
  "artifact-mode": {
    value: "HOW",
    choices: ["copy", "link", "reference"],
    about: "how artifacts are kept (default copy)",
  },
  "artifact-cap": {
    value: "SIZE",
    about: "what is larger is referenced, not copied (default 1G; 0: no cap)",
  },
  dirty: {
    value: "POLICY",
    choices: ["snapshot", "warn", "refuse"],
    about: "uncommitted edits are kept (snapshot, default), only listed (warn) or refused",
  },
  include: {
    value: "GLOB",
    repeat: true,
    about: "files that go into the snapshot although ignored or large",
  },
  exclude: { value: "GLOB", repeat: true, about: "files that stay out of the snapshot" },
  capture: {
    value: "HOW",
    choices: ["auto", "pipe", "pty", "none"],
    about: "how the output is kept (default auto)",
  },
  observe: {
    value: "HOW",
    alone: "injected",
    choices: ["injected", "strace"],
    about:
      "list the files that the command opens; with strace also those of programs that are neither Python nor Node",
  },
  "no-samples": { about: "do not sample the memory, CPU, disk and GPU that the command uses" },
  "metric-pattern": {
    value: "PATTERN",
    repeat: true,
    about:
      "metrics out of printed lines: 'epoch {step} loss {loss}', or a regular expression with named groups",
  },
  "forward-signals": {
    value: "WHEN",
    choices: ["auto", "always", "never"],
    about: "signals passed on to the command (default auto)",
  },
  "kill-after": { value: "SECONDS", about: "kill the command when it still runs this long after SIGTERM" },
  quiet: { short: "q", about: "say nothing on stderr unless something is wrong, or could not be recorded" },
};

export interface RunWords {
  readonly request: RunRequest;
  /** `--from`, as typed. */
  readonly from: string | undefined;
  readonly quiet: boolean;
}

export function parseRunWords(words: readonly string[], directory: string): RunWords {
  const end = words.indexOf("--");
  const given = parseArguments("run", end < 0 ? words : words.slice(0, end), runFlags);
  const argv = end < 0 ? [] : words.slice(end + 1);
  checkCommand(given, argv);
  const request: RunRequest = {
    argv,
    directory,
    from: undefined,
    pipeline: given.value("pipeline"),
    skips: given.values("skip"),
    name: nameOf(given.value("name")),
    values: {},
    params: given.values("param"),
    config: given.value("config"),
    provenance: {
      syntheticSeed: given.value("synthetic-seed"),
      data: given.values("data"),
      dataHash: given.values("data-hash"),
      dataSums: given.values("data-sums"),
    },
    artifacts: artifactsOf(given.values("artifact")),
    artifactMode: (given.value("artifact-mode") ?? "copy") as RunRequest["artifactMode"],
    artifactMaximumBytes: sizeOf(given.value("artifact-cap") ?? "1G"),
    dirty: given.value("dirty") as RunRequest["dirty"],
    include: given.values("include"),
    exclude: given.values("exclude"),
    capture: given.value("capture") as RunRequest["capture"],
    observe: observeOf(given.value("observe")),
    samples: given.has("no-samples") ? false : undefined,
    metricPatterns: patternsOf(given.values("metric-pattern")),
    forward: (given.value("forward-signals") ?? "auto") as RunRequest["forward"],
    killAfterSeconds: secondsOf(given.value("kill-after")),
  };
  return { request, from: given.value("from"), quiet: given.has("quiet") };
}

function observeOf(how: string | undefined): RunRequest["observe"] {
  return how === undefined ? undefined : how === "strace" ? "strace" : true;
}

/** A run has one command, or a pipeline's, or those of the run it repeats. */
function checkCommand(given: Arguments, argv: readonly string[]): void {
  const pipeline = given.value("pipeline");
  const stray = given.paths;
  if (pipeline !== undefined && (argv.length > 0 || stray.length > 0)) {
    throw new UsageError(
      "PIPELINE_AND_COMMAND",
      "a pipeline has commands of its own; words for another were given",
      {
        hint: `Type: colophon run --pipeline ${pipeline}`,
      },
    );
  }
  if (pipeline !== undefined && given.value("from") !== undefined) {
    throw new UsageError("PIPELINE_AND_COMMAND", "--from and --pipeline each say what to run", {
      hint: "Leave one of them out.",
    });
  }
  if (given.values("skip").length > 0 && pipeline === undefined && given.value("from") === undefined) {
    throw new UsageError(
      "SKIP_WITHOUT_PIPELINE",
      "--skip names a stage of a pipeline, and no pipeline is run",
      {
        hint: "Type: colophon run --pipeline NAME --skip STAGE",
      },
    );
  }
  const isImplied = pipeline !== undefined || (given.value("from") !== undefined && argv.length === 0);
  if (stray.length > 0 || argv[0] === "" || (argv.length === 0 && !isImplied)) throw noCommand(stray, argv);
}

function noCommand(stray: readonly string[], argv: readonly string[]): ColophonError {
  const command = [...stray, ...argv].join(" ") || "python train.py";
  const found =
    stray.length > 0 ? `found ${stray.map((word) => `"${word}"`).join(" ")} before it` : "found none";
  return new UsageError("NO_COMMAND", `the command to run stands after --; ${found}`, {
    hint: `Type: colophon run [flags] -- ${command}`,
  });
}

function nameOf(name: string | undefined): string | undefined {
  if (name !== "") return name;
  throw new UsageError("BAD_FLAG_VALUE", "--name takes a name that is not empty", {
    hint: "Type: --name baseline",
  });
}

function patternsOf(texts: readonly string[]): RunRequest["metricPatterns"] {
  return texts.length === 0 ? undefined : texts.map((text) => parseMetricPattern(text));
}

function artifactsOf(texts: readonly string[]): NamedArtifact[] {
  const artifacts = texts.map((text) => {
    const at = text.indexOf("=");
    const [name, path] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 1 || path === "") {
      throw new UsageError("BAD_FLAG_VALUE", `--artifact takes NAME=PATH; found "${text}"`, {
        hint: "Type: --artifact model=out/model.bin",
      });
    }
    const fault = faultOfArtifactName(name);
    if (fault === undefined) return { name, path };
    throw new UsageError("BAD_ARTIFACT_NAME", `--artifact ${text}: the name "${name}" ${fault}`, {
      hint: "Type: --artifact model=out/model.bin",
    });
  });
  const twice = artifacts.find(
    ({ name }, index) => artifacts.findIndex((other) => other.name === name) < index,
  );
  if (twice === undefined) return artifacts;
  throw new UsageError("ARTIFACT_TWICE", `the artifact "${twice.name}" is given twice`, {
    hint: "Give every artifact a name of its own.",
  });
}

const units: Readonly<Record<string, number>> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** `null` for no cap. */
function sizeOf(text: string): number | null {
  const [, digits, unit = ""] = /^([0-9]{1,12}(?:\.[0-9]{1,3})?)([KMGT]?)i?B?$/i.exec(text) ?? [];
  if (digits === undefined) {
    throw new UsageError("BAD_FLAG_VALUE", `--artifact-cap takes bytes, with K, M, G or T; found "${text}"`, {
      hint: "Type: --artifact-cap 500M",
    });
  }
  const bytes = Math.floor(Number(digits) * (units[unit.toUpperCase()] as number));
  return bytes === 0 ? null : bytes;
}

function secondsOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw new UsageError("BAD_FLAG_VALUE", `--kill-after takes seconds above 0; found "${text}"`, {
    hint: "Type: --kill-after 30",
  });
}
