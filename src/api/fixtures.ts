/** The calls of the API that are about fixtures. */
import { resolve } from "node:path";
import { type Finding, RefusedError, UsageError } from "../errors.js";
import type { ExpectedOutputManifest } from "../kinds/fixture/manifest.js";
import { kinds } from "../kinds/table.js";
import { documentPorts } from "../local-ports/api.js";
import { fixturePorts } from "../local-ports/synthetic/fixtures.js";
import { findUnwritable } from "../manifest/canonical.js";
import {
  type LoadedFixture,
  type LoadFixtureOptions,
  loadFixtureAt,
} from "../operations/fixtures/load-fixture.js";
import {
  type OnEvent,
  type Replayed,
  type ReplayOptions,
  replayFixtureAt,
} from "../operations/fixtures/replay-fixture.js";
import { type VerifiedFixture, verifyFixtureAt } from "../operations/fixtures/verify/verify-fixture.js";
import {
  type DocumentCalls,
  documentCalls,
  type ReadOptions,
  type ValidationOptions,
} from "../operations/manifests/documents.js";

const fixtures: DocumentCalls<ExpectedOutputManifest> = documentCalls(kinds.fixture, documentPorts);

/** Judges any value as the manifest of a fixture. Opens none of the files it names: `verifyFixture` does. */
export function validateFixture(value: unknown, options?: ValidationOptions): Finding[] {
  return fixtures.validate(value, options);
}

/** @throws ValidationError with all findings, unless the value is a valid manifest of a fixture. */
export function assertFixture(
  value: unknown,
  options?: ValidationOptions,
): asserts value is ExpectedOutputManifest {
  fixtures.assert(value, options);
}

/** As `readManifest`, for the manifest of a fixture: the manifest alone, without the events. */
export function readFixture(path: string | URL, options?: ReadOptions): ExpectedOutputManifest {
  return fixtures.read(path, options);
}

/** As `writeManifest`, for the manifest of a fixture. */
export function writeFixture(manifest: object, path: string | URL): void {
  fixtures.write(manifest, path);
}

/** As `publishManifest`, for the manifest of a fixture. Write it last: without it a fixture does not load. */
export function publishFixture(manifest: object, path: string | URL, options?: ValidationOptions): void {
  fixtures.publish(manifest, path, options);
}

/**
 * Loads a fixture from its folder or its manifest, with no service and no network: every event, its provenance and its labels, all of
 * them held against the manifest first.
 *
 * @throws FixtureError, under the code of the first fault and with all of them in `faults`, unless it is what was written.
 */
export function loadFixture(pathOrFolder: string | URL, options: LoadFixtureOptions = {}): LoadedFixture {
  return loadFixtureAt(resolve(documentPorts.pathOf(pathOrFolder)), options, fixturePorts);
}

/** As `loadFixture` judges it; what is wrong stands in `faults`. @throws FixtureError when there is no manifest at all. */
export function verifyFixture(pathOrFolder: string | URL): VerifiedFixture {
  return verifyFixtureAt(resolve(documentPorts.pathOf(pathOrFolder)), fixturePorts);
}

/**
 * Gives every event to `onEvent`, in replay order, also where the file is shuffled; a promise that it gives is waited for. Holds one event
 * at a time.
 *
 * @throws FixtureError before the first event, unless the fixture is what was written.
 */
export function replayFixture(
  pathOrFolder: string | URL,
  onEvent: OnEvent,
  options: ReplayOptions = {},
): Promise<Replayed> {
  return replayFixtureAt(resolve(documentPorts.pathOf(pathOrFolder)), onEvent, options, fixturePorts);
}

/** All but the last four are required, as by the command: nothing is filled in. */
export interface GenerateFixtureOptions {
  /** A generator that is built in, the path of an ES module, or `command`. */
  readonly generator: string;
  readonly seedBundle: { readonly seed: number; readonly namespace: string; readonly partition: string };
  /** A profile of the generator, or the path of a JSON file. */
  readonly profile: string;
  readonly scenario: string;
  readonly runName: string;
  readonly outputDir: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** The words of the command, where that is the generator. */
  readonly command?: readonly string[];
  /** Whether another fixture that is there is replaced. */
  readonly accept?: boolean;
  /** From where paths are relative; default the current folder. */
  readonly directory?: string;
}

export interface GeneratedFixture {
  readonly status: "written" | "unchanged" | "replaced";
  readonly manifest: ExpectedOutputManifest;
}

/**
 * Generates a fixture, as `colophon fixture generate` does.
 *
 *     await generateFixture({ generator: "market-events", seedBundle, profile: "calm", scenario: "plain", runName: "opening",
 *       outputDir: "fixtures/opening", params: { events: 40, symbols: ["SPY"], start_ts: 1767623400000, interval_ms: 250 } });
 *
 * @throws UsageError, FixtureError; RefusedError `OUTPUT_DIFFERS`, with nothing changed, where another fixture is, unless `accept` is true.
 */
export async function generateFixture(options: GenerateFixtureOptions): Promise<GeneratedFixture> {
  const {
    seedBundle,
    params = {},
    command = [],
    accept = false,
    directory = ".",
    outputDir,
    ...words
  } = options;
  refuseGaps({ ...words, seedBundle, outputDir }, params);
  const { generateFixture: generateTo } = await import("../operations/fixtures/generate/generate-fixture.js");
  const { resolveRequest } = await import("../operations/fixtures/generate/resolve-request.js");
  const { generatePorts, resolvePorts } = await import("../local-ports/synthetic/generate-fixture.js");
  const here = resolve(directory);
  const asked = resolveRequest(
    {
      ...words,
      seedBundle: JSON.stringify(seedBundle),
      params: Object.entries(params).map(([name, value]) => `${name}:=${JSON.stringify(value)}`),
      command,
    },
    resolvePorts(here),
  );
  const outputFolder = resolve(here, outputDir);
  const ports = generatePorts(here, process.env, () => {});
  const { status, manifest } = await generateTo({ ...asked, outputFolder, accept }, ports);
  if (status !== "differs") return { status, manifest };
  throw new RefusedError("OUTPUT_DIFFERS", `${outputDir} holds another fixture than would be written`, {
    hint: "Name another folder, or replace it with accept: true.",
  });
}

/** What is not said is not filled in, for callers without types too; and what JSON cannot hold would become something else. */
function refuseGaps(
  required: Omit<GenerateFixtureOptions, "params" | "command" | "accept" | "directory">,
  params: object,
): void {
  const { generator, seedBundle, profile, scenario, runName, outputDir } = required;
  const all = { generator, seedBundle, profile, scenario, runName, outputDir };
  const missing = Object.entries(all).flatMap(([name, value]) => (value ? [] : [name]));
  const unwritable = findUnwritable(params);
  if (missing.length === 0 && unwritable === undefined) return;
  const fault =
    unwritable === undefined
      ? `fills nothing in; missing ${missing.join(", ")}`
      : `cannot take params${unwritable.pointer}: ${unwritable.what}`;
  throw new UsageError("BAD_ARGUMENT", `generateFixture ${fault}`, {
    hint: "Give every option but params, command, accept and directory, and params that JSON can hold.",
  });
}
