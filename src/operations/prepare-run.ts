/** Everything that is found out before a command may start: all of it in parallel, none of it after. */
import { RefusedError } from "../errors.js";
import type { CapturedSource } from "../git/capture.js";
import { checkNamespace } from "../kinds/table.js";
import { isExperimentId, isOwnPath } from "../manifest/ids.js";
import type { Capture } from "../process/command.js";
import type { Redacted, Redactions } from "../secrets/redactions.js";
import type { ParameterFile } from "../store/parameter-file.js";
import type { Project } from "../store/project.js";
import { type DigestPorts, digestInputs } from "./digest-inputs.js";
import { namedPaths } from "./named-paths.js";
import { requestProvenance } from "./request-provenance.js";
import { resolveParameters } from "./resolve-parameters.js";
import type { PreparedRun, RunRequest } from "./run-request.js";

export interface PreparePorts extends DigestPorts {
  readonly now: () => number;
  readonly env: NodeJS.ProcessEnv;
  readonly openProject: (directory: string) => Project;
  readonly exists: (path: string) => boolean;
  readonly readConfig: (path: string) => Promise<ParameterFile>;
  readonly captureSource: (
    directory: string,
    project: Project,
    isOwn: (path: string) => boolean,
  ) => Promise<CapturedSource>;
  readonly captureRuntimes: (
    argv: readonly string[],
    directory: string,
  ) => Promise<{ readonly env: Readonly<Record<string, string>> }>;
  readonly captureMachine: (project: Project) => object;
  readonly redactWords: (words: readonly string[]) => Redacted<string[]>;
  readonly redactMembers: (value: unknown) => Redacted<unknown>;
  readonly redactText: (text: string) => Redacted<string>;
  readonly redactConfigText: (text: string) => Redacted<string>;
  readonly mergeRedactions: (...all: readonly Redactions[]) => Redactions;
  /** The records folder as Git names it: relative to the repository's root, which is guessed when it is not given. */
  readonly recordsWithin: (project: Project, repository?: string) => string | undefined;
  readonly previousAttempt: (project: Project) => string | null;
  /** Begins to lay the way of the command's output, so that it is there when the facts are. */
  readonly prepareOutput: (project: Project, capture: Capture) => void;
}

export async function prepareRun(request: RunRequest, ports: PreparePorts): Promise<PreparedRun> {
  const startedAt = ports.now();
  const project = ports.openProject(request.directory);
  checkNamespace(project.namespace, "extensionNamespace in colophon.json");
  const config = request.config === undefined ? undefined : await ports.readConfig(request.config);
  const { params, clashes } = resolveParameters({
    flags: request.params,
    config: config?.values ?? {},
    argv: request.argv,
  });
  const provenance = requestProvenance(
    request.provenance,
    project.config.data,
    () => dataNamed(request, ports),
    request.argv,
  );
  const capture = request.capture ?? project.config.capture ?? "auto";
  ports.prepareOutput(project, capture);
  const [captured, inputs, runtimes] = await Promise.all([
    ports.captureSource(request.directory, project, ownPaths(project, ports)),
    digestInputs(provenance, ports),
    ports.captureRuntimes(request.argv, request.directory),
  ]);
  if (ports.recordsWithin(project, captured.root) === undefined) throw projectOutside(project, captured.root);
  const dirtyPolicy = request.dirty ?? project.config.dirty ?? "warn";
  if (dirtyPolicy === "refuse" && captured.git.dirty) throw dirtyTree(captured);

  const argv = ports.redactWords(request.argv);
  const name = ports.redactText(request.name ?? programName(request.argv));
  const secretless = ports.redactMembers({ ...params, argv: [] });
  const configText = config === undefined ? undefined : ports.redactConfigText(config.text);
  return {
    request,
    name: name.value,
    project,
    captured,
    inputs,
    params: { ...(secretless.value as object), argv: argv.value },
    clashes,
    config:
      config === undefined || configText === undefined
        ? undefined
        : { name: config.name, text: configText.value },
    argv: argv.value,
    redactions: ports.mergeRedactions(
      argv.redactions,
      name.redactions,
      secretless.redactions,
      configText?.redactions ?? {},
    ),
    env: runtimes.env,
    machine: ports.captureMachine(project),
    startedAt,
    parent: parentOf(ports.env),
    previousAttempt: ports.previousAttempt(project),
    capture,
    dirtyPolicy,
  };
}

function dataNamed({ argv, config }: RunRequest, { exists }: PreparePorts): readonly string[] {
  return namedPaths(argv, config === undefined ? [] : [config], exists);
}

function ownPaths(project: Project, { recordsWithin }: PreparePorts): (path: string) => boolean {
  const records = recordsWithin(project);
  return (path) => records !== undefined && isOwnPath(path, records);
}

function programName([program = ""]: readonly string[]): string {
  return program.slice(program.lastIndexOf("/") + 1) || program;
}

/** A run inside a run names the one it was started from. */
function parentOf(env: NodeJS.ProcessEnv): string | null {
  const id = env.COLOPHON_RUN_ID ?? "";
  return isExperimentId(id) ? id : null;
}

function projectOutside(project: Project, repository: string): RefusedError {
  return new RefusedError(
    "PROJECT_OUTSIDE_REPOSITORY",
    `the records of ${project.root} would lie outside the repository ${repository}`,
    {
      hint: `Put a colophon.json into ${repository}: cd ${repository} && colophon init`,
    },
  );
}

function dirtyTree({ source }: CapturedSource): RefusedError {
  const changed = source.changes.slice(0, 5).map(({ path }) => `  ${path}`);
  const more = source.changes.length + source.changes_omitted - changed.length;
  const lines = more > 0 ? [...changed, `  and ${more} more`] : changed;
  return new RefusedError(
    "DIRTY_TREE",
    ["the tree has uncommitted edits, and --dirty refuse was asked for", ...lines].join("\n"),
    {
      hint: "Commit them first: git commit -a; or record them as they are: --dirty warn",
    },
  );
}
