/** `colophon ground-truth generate CONFIG --output-dir DIR`. */
import { resolve } from "node:path";
import { exitStatus, UsageError } from "../../errors.js";
import { generateTruthPorts } from "../../local-ports/synthetic/ground-truth.js";
import { readConfiguration } from "../../local-ports/synthetic/ground-truth-config.js";
import { checkConfig } from "../../operations/ground-truth/check-config.js";
import { generateGroundTruth } from "../../operations/ground-truth/generate-ground-truth.js";
import type { Arguments, Flags } from "../arguments.js";
import {
  truthAsJson,
  truthDiffLines,
  truthLines,
} from "../reports/synthetic/report-ground-truth-generate.js";
import { errPaint, outPaint } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";

export const generateFlags: Flags = {
  "output-dir": { value: "DIR", about: "generate: where the tables and their ground truth are written" },
  accept: { about: "generate: replace other content that is there" },
};

export async function generate(
  given: Arguments,
  paths: readonly string[],
  streams: Streams,
): Promise<number> {
  const [path, ...others] = paths;
  const folder = given.value("output-dir");
  if (path === undefined || folder === undefined || folder === "")
    throw new UsageError(
      "MISSING_FLAG",
      `ground-truth generate needs a configuration and --output-dir; found ${path === undefined ? "no configuration" : "no --output-dir"}`,
      { hint: "Type: colophon ground-truth generate world.yaml --output-dir output" },
    );
  if (others.length > 0)
    throw new UsageError(
      "TOO_MANY_WORDS",
      `ground-truth generate takes one configuration; found "${paths.join(" ")}"`,
      { hint: `Type: colophon ground-truth generate ${path} --output-dir ${folder}` },
    );
  const { values } = await readConfiguration(resolve(streams.directory, path), path);
  const config = checkConfig(values, path);
  const directory = resolve(streams.directory, folder);
  const generated = await generateGroundTruth(
    { config, directory, accept: given.has("accept") },
    generateTruthPorts,
  );
  if (given.has("json")) {
    streams.out(`${JSON.stringify(truthAsJson(generated, folder), null, 2)}\n`);
  } else {
    const [out, err] = [outPaint(streams), errPaint(streams)];
    for (const line of truthDiffLines(generated, out)) streams.out(`${line}\n`);
    for (const line of truthLines(generated, folder, err)) streams.err(`${err.glyphs.rule} ${line}\n`);
  }
  return generated.status === "differs" ? exitStatus.findings : exitStatus.fine;
}
