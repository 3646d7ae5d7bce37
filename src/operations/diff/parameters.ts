/** Parameters, compared as deep as they go, and the words of the commands. */
import { appendToPointer } from "../../manifest/pointer.js";
import { isObject } from "../../manifest/validate.js";
import { artifactOf, type LoadedRun } from "../records/load/loaded-run.js";
import { type ArtifactPorts, digestOfArtifact } from "./artifacts.js";
import { type Comparison, compare, isEqual, type Section, verdictOf } from "./comparison.js";
import { compareWords } from "./words.js";

export interface ParameterComparison extends Comparison<unknown> {
  /** RFC 6901, into the parameters; `name` is the same with dots, for people. */
  readonly pointer: string;
}

export interface ParametersDiff extends Section {
  /** How many values are equal; what is within an object counts one by one. */
  readonly equal: number;
  readonly differing: readonly ParameterComparison[];
  /** Flags and words of the command, or of a pipeline's commands, and the folder it ran in. */
  readonly command: readonly Comparison<readonly string[]>[];
}

export function diffParameters(a: LoadedRun, b: LoadedRun, ports: ArtifactPorts): ParametersDiff {
  const [params, others] = [parametersOf(a), parametersOf(b)];
  if (params === null || others === null) return compareFiles(a, b, ports);
  const leaves = compareValues("", "", withoutWords(params), withoutWords(others));
  const differing = leaves.filter(({ outcome }) => outcome !== "same");
  const command = compareCommands(commandsOf(a, params), commandsOf(b, others));
  return {
    outcome: verdictOf([...differing, ...command]),
    reason: null,
    equal: leaves.length - differing.length,
    differing,
    command,
  };
}

const configuration = "config_resolved";

/** Where the values are not recorded as JSON, their files are compared as a whole. */
function compareFiles(a: LoadedRun, b: LoadedRun, ports: ArtifactPorts): ParametersDiff {
  const [digestA, digestB] = [a, b].map((run) => {
    const artifact = artifactOf(run, configuration);
    return artifact === null ? null : digestOfArtifact(run, artifact, ports);
  });
  const nothing = { equal: 0, differing: [], command: [] };
  if (digestA == null || digestB == null)
    return { outcome: "unknown", reason: "not recorded in a form that can be compared", ...nothing };
  const file = { ...compare<unknown>(configuration, digestA, digestB), pointer: "" };
  const differing = file.outcome === "same" ? [] : [file];
  return { ...nothing, outcome: verdictOf(differing), reason: null, differing };
}

type Parameters = Readonly<Record<string, unknown>>;

/** What the program reported of itself counts where the run did not begin with it. */
function parametersOf({ manifest, parameters, reported }: LoadedRun): Parameters | null {
  const recorded = manifest?.params ?? parameters;
  return recorded === null ? null : { ...reported.params, ...recorded };
}

/** The command's own words stand among the parameters, under a name that `colophon run` keeps for them. */
function withoutWords(params: Parameters): Parameters {
  const { argv, ...named } = params;
  return wordsOf(argv) === undefined ? params : named;
}

/** Lists of one length that hold objects are compared item by item, other lists as a whole. */
function compareValues(pointer: string, name: string, a: unknown, b: unknown): ParameterComparison[] {
  const members = membersOf(a, b);
  if (members === null || members.length === 0) return [{ ...compare(name, a, b, isEqual), pointer }];
  return members.flatMap((key) =>
    compareValues(appendToPointer(pointer, key), nameBelow(name, key), memberOf(a, key), memberOf(b, key)),
  );
}

function membersOf(a: unknown, b: unknown): string[] | null {
  if (isObject(a) && isObject(b)) return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return null;
  return [...a, ...b].some(isObject) ? [...a.keys()].map(String) : null;
}

function memberOf(value: unknown, key: string): unknown {
  return Object.hasOwn(value as object, key) ? (value as Record<string, unknown>)[key] : undefined;
}

function nameBelow(name: string, key: string): string {
  const word = key === "" || key.includes(".") ? JSON.stringify(key) : key;
  return name === "" ? word : `${name}.${word}`;
}

interface Commands {
  readonly argv: readonly string[];
  readonly stages: Readonly<Record<string, readonly string[]>>;
  /** Relative to the repository's root. */
  readonly cwd: string | undefined;
}

function commandsOf({ command }: LoadedRun, { argv }: Parameters): Commands {
  const stages = isObject(command?.stages) ? Object.entries(command.stages) : [];
  return {
    argv: wordsOf(argv) ?? wordsOf(command?.argv) ?? [],
    stages: Object.fromEntries(stages.map(([name, words]) => [name, wordsOf(words) ?? []])),
    cwd: typeof command?.cwd === "string" ? command.cwd : undefined,
  };
}

function wordsOf(value: unknown): readonly string[] | undefined {
  const isWords = Array.isArray(value) && value.every((word) => typeof word === "string");
  return isWords ? (value as string[]) : undefined;
}

function compareCommands(a: Commands, b: Commands): Comparison<readonly string[]>[] {
  const stages = [...new Set([...Object.keys(a.stages), ...Object.keys(b.stages)])].sort();
  const folder = a.cwd === undefined || b.cwd === undefined ? [] : [compare("folder", [a.cwd], [b.cwd])];
  return [
    ...compareWords(a.argv, b.argv),
    ...stages.flatMap((stage) =>
      compareWords(a.stages[stage] ?? [], b.stages[stage] ?? []).map((item) => ({
        ...item,
        name: `${stage} ${item.name}`,
      })),
    ),
    ...folder.filter(({ outcome }) => outcome !== "same"),
  ];
}
