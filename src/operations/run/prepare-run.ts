/** Everything that is found out before a command may start: all of it in parallel, none of it after. */
import { RefusedError, UsageError } from "../../errors.js";
import type { CapturedSource } from "../../git/capture.js";
import { checkNamespace } from "../../kinds/table.js";
import { isExperimentId } from "../../manifest/ids.js";
import type { Capture } from "../../process/command.js";
import type { Redacted, Redactions } from "../../secrets/redactions.js";
import type { ParameterFile } from "../../store/parameter-file.js";
import type { Project } from "../../store/project.js";
import { type MetricPattern, parseMetricPattern } from "../console/metric-pattern.js";
import { type DigestPorts, digestInputs } from "../inputs/digest-inputs.js";
import { namedPaths } from "../inputs/named-paths.js";
import { type NamedPaths, requestProvenance } from "../inputs/request-provenance.js";
import type { DirtyPolicy } from "./record-code.js";
import { resolveParameters } from "./resolve-parameters.js";
import type { PreparedRun, RunRequest } from "./run-request.js";
import { type Plan, planStages } from "./stages/plan-stages.js";
import { stageMessage } from "./stages/stage-message.js";

export interface PreparePorts extends DigestPorts {
  readonly now: () => number;
  readonly env: NodeJS.ProcessEnv;
  /** Of the folder that the run starts in; the same whenever it is asked for. */
  readonly openProject: () => Project;
  readonly exists: (path: string) => boolean;
  readonly readConfig: (path: string) => Promise<ParameterFile>;
  readonly captureSource: (directory: string, project: Project) => Promise<CapturedSource>;
  /** Of every runtime that the commands involve. */
  readonly captureRuntimes: (
    commands: readonly (readonly string[])[],
    directory: string,
  ) => Promise<{ readonly env: Readonly<Record<string, string>> }>;
  readonly captureMachine: (project: Project) => object;
  readonly redactWords: (words: readonly string[]) => Redacted<string[]>;
  readonly redactMembers: (value: unknown) => Redacted<unknown>;
  readonly redactText: (text: string) => Redacted<string>;
  readonly redactConfigText: (text: string) => Redacted<string>;
  readonly mergeRedactions: (...all: readonly Redactions[]) => Redactions;
  readonly previousAttempt: (project: Project) => string | null;
  /** Begins to lay the way of the command's output, so that it is there when the facts are. */
  readonly prepareOutput: (project: Project, capture: Capture) => void;
}

export async function prepareRun(
  request: RunRequest,
  ports: PreparePorts,
  planFor: (project: Project) => Plan = (project) =>
    planStages({ ...request, repeated: request.from?.plan }, project),
): Promise<PreparedRun> {
  const startedAt = ports.now();
  const project = ports.openProject();
  checkNamespace(project.namespace, "extensionNamespace in colophon.json");
  const plan = withoutSecrets(planFor(project), ports);
  const metricPatterns = request.metricPatterns ?? patternsOf(project);
  refuseSecretArtifacts(request, ports);
  const given = request.config === undefined ? undefined : await ports.readConfig(request.config);
  const config = given ?? request.from?.config;
  const { params, clashes } = resolveParameters({
    flags: request.params,
    config: { ...request.values, ...given?.values },
    argv: request.argv,
  });
  const provenance =
    "kind" in request.provenance
      ? request.provenance
      : requestProvenance(
          request.provenance,
          project.config.data,
          () => dataNamed(request, plan, ports),
          (flags) => typedLine(flags, request),
        );
  const capture = request.capture ?? project.config.capture ?? "auto";
  ports.prepareOutput(project, capture);
  const capturing = Promise.all([
    ports.captureSource(request.directory, project),
    digestInputs(provenance, ports),
    ports.captureRuntimes(commandsOf(plan), request.directory).then(({ env }) => ({
      env,
      machine: ports.captureMachine(project),
    })),
  ]);
  // While Git looks at the tree, this process would only wait.
  const isPipeline = plan.stages.length > 0 && plan.pipeline.name !== "command";
  const argv = ports.redactWords(request.argv);
  const name = ports.redactText(request.name ?? request.pipeline ?? programName(request.argv));
  const stages = plan.stages.map(({ name, argv }) => [name, ports.redactWords(argv)] as const);
  const secretless = ports.redactMembers({ ...params, argv: [] });
  const configText = config === undefined ? undefined : ports.redactConfigText(config.text);
  const [captured, inputs, { env, machine }] = await capturing;
  if (captured.records === undefined) throw projectOutside(project, captured.root);
  const dirtyPolicy = request.dirty ?? project.config.dirty ?? "snapshot";
  if (request.include.length + request.exclude.length > 0) refuseStrayGlobs(dirtyPolicy);
  if (dirtyPolicy === "refuse" && captured.git.dirty) throw dirtyTree(captured);
  return {
    request,
    name: name.value,
    project,
    plan,
    captured,
    inputs,
    params: withWords(secretless.value as object, plan.pipeline.name === "command" ? argv.value : []),
    clashes,
    config:
      config === undefined || configText === undefined
        ? undefined
        : { name: config.name, text: configText.value },
    argv: argv.value,
    stageCommands: isPipeline ? Object.fromEntries(stages.map(([name, { value }]) => [name, value])) : null,
    redactions: ports.mergeRedactions(
      ...(isPipeline ? stages.map(([, words]) => words) : [argv]).map(({ redactions }) => redactions),
      name.redactions,
      secretless.redactions,
      configText?.redactions ?? {},
    ),
    env,
    machine,
    startedAt,
    parent: parentOf(ports.env),
    previousAttempt: ports.previousAttempt(project),
    capture,
    metricPatterns,
    dirtyPolicy,
  };
}

function patternsOf({ config }: Project): MetricPattern[] {
  return (config.metricPatterns ?? []).map((text) =>
    parseMetricPattern(text, "metricPatterns in colophon.json"),
  );
}

/** The command's own words are parameters too; a pipeline's stand in its declaration. */
function withWords(params: object, argv: readonly string[]): Readonly<Record<string, unknown>> {
  const { argv: _, ...named } = params as Record<string, unknown>;
  return argv.length === 0 ? named : { ...named, argv };
}

/** Reasons are free text. The commands themselves stay as they are: they are run. */
function withoutSecrets(plan: Plan, { redactText }: PreparePorts): Plan {
  const stages = plan.stages.map((stage) => ({
    ...stage,
    skip: stage.skip === null ? null : stageMessage(stage.skip, redactText),
  }));
  return { ...plan, stages };
}

/** An artifact is recorded by its name, which becomes that of a file. */
function refuseSecretArtifacts({ artifacts }: RunRequest, { holdsSecret }: PreparePorts): void {
  if (!artifacts.some(({ name }) => holdsSecret(name))) return;
  throw new RefusedError(
    "SECRET_IN_ARTIFACT",
    "the name of an artifact looks like a secret, and would be recorded",
    {
      hint: "Give it another name: --artifact model=PATH",
    },
  );
}

/** They say what goes into a snapshot. */
function refuseStrayGlobs(policy: DirtyPolicy): void {
  if (policy === "snapshot") return;
  throw new UsageError(
    "GLOBS_WITHOUT_SNAPSHOT",
    `with --dirty ${policy} no snapshot is made, so --include and --exclude say nothing`,
    {
      hint: "Leave them out, or type: --dirty snapshot",
    },
  );
}

function typedLine(flags: string, { argv, pipeline, from }: RunRequest): string {
  if (pipeline !== undefined) return `colophon run --pipeline ${pipeline} ${flags}`;
  if (from !== undefined) return `colophon run --from ${from.id} ${flags}`;
  return `colophon run ${flags} -- ${argv.join(" ")}`;
}

function dataNamed({ config }: RunRequest, plan: Plan, ports: PreparePorts): ReturnType<NamedPaths> {
  const configs = config === undefined ? [] : [config];
  const ofProject = plan.pipeline.name !== "command";
  const exists = (path: string) =>
    ports.exists(ofProject ? ports.resolveFromRoot(path) : ports.resolve(path));
  const paths = commandsOf(plan).flatMap((argv) => namedPaths(argv, configs, exists));
  return { paths: [...new Set(paths)], ofProject };
}

function commandsOf({ stages }: Plan): readonly (readonly string[])[] {
  return stages.filter(({ skip }) => skip === null).map(({ argv }) => argv);
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
      hint: "Commit them first: git commit -a; or record them as they are: --dirty snapshot",
    },
  );
}
