/** What most often makes a run come out otherwise, as far as the record lets one guess. */
import type { Machine } from "../../generated/types.js";
import { kinds } from "../../kinds/table.js";
import { capabilityOf } from "../records/load/extension.js";
import type { LoadedRun } from "../records/load/loaded-run.js";
import type { Attempt, EnvironmentDifference, RecordedCommand } from "./result.js";

export interface Circumstances {
  readonly source: LoadedRun;
  readonly commands: readonly RecordedCommand[];
  readonly environment: readonly EnvironmentDifference[];
  readonly elsewhere: string | null;
  readonly attempts: readonly Attempt[];
  readonly agreesWithItself: boolean | null;
}

/** The likeliest first. */
export function findCauses(circumstances: Circumstances): string[] {
  const { agreesWithItself } = circumstances;
  const itself =
    agreesWithItself === false
      ? ["the script does not agree with itself: here too it came out otherwise each time"]
      : [];
  const changed =
    agreesWithItself === true
      ? ["the script agrees with itself here, so something around it has changed"]
      : [];
  const ofChance = [...seed(circumstances), ...hashSeed(circumstances)];
  const ofPlace = [...machine(circumstances), ...environment(circumstances)];
  return [
    ...itself,
    ...changed,
    ...ignored(circumstances),
    ...(agreesWithItself === true ? [...ofPlace, ...ofChance] : [...ofChance, ...ofPlace]),
  ];
}

function seed({ source, commands }: Circumstances): string[] {
  const words = [...commands.flatMap(({ argv }) => argv), ...Object.keys(source.parameters ?? {})];
  return words.some((word) => /seed/i.test(word)) ? [] : ["no seed is among the parameters"];
}

function hashSeed({ source, commands }: Circumstances): string[] {
  const recorded = capabilityOf(source.manifest, kinds.experiment, "machine") as Machine | null;
  const isPython =
    source.manifest?.env.python !== undefined ||
    commands.some(({ argv }) => argv.some((word) => /(^|\/)python[0-9.]*$|\.py$/.test(word)));
  return isPython && recorded !== null && recorded.python_hash_seed === null
    ? ["PYTHONHASHSEED was not set: Python's sets of text have another order each time"]
    : [];
}

function machine({ elsewhere }: Circumstances): string[] {
  return elsewhere === null ? [] : [`another machine: ${elsewhere}`];
}

const mostNamed = 5;

function environment({ environment }: Circumstances): string[] {
  const differing = environment.filter(({ outcome }) => outcome !== "unknown");
  const named = differing
    .slice(0, mostNamed)
    .map(({ name, recorded, now }) => `${name} ${recorded ?? "none"} → ${now ?? "none"}`);
  const more = differing.length - named.length;
  return named.length === 0 ? [] : [`${named.join(", ")}${more > 0 ? `, and ${more} more` : ""}`];
}

/** A command that ended well and fails here most often lacks a file. */
function ignored({ attempts }: Circumstances): string[] {
  const fails = attempts.some(({ exit }) => !exit.same && exit.recorded === "exit 0");
  return fails
    ? ["files that Git ignores are no part of the recorded code, unless a run names them: --data, --include"]
    : [];
}
