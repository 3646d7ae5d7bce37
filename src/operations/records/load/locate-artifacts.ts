/** Where the artifacts of a recorded run are: here, not here by design, or gone, which is an error. */
import { type Finding, LifecycleError } from "../../../errors.js";
import type { RunManifest } from "../../../kinds/run/run.js";
import { appendToPointer } from "../../../manifest/pointer.js";
import { isObject } from "../../../manifest/validate.js";
import type { Probe } from "../../../store/runs/run-record.js";
import type { LoadedArtifact } from "./loaded-run.js";
import { restoreHint } from "./restore.js";

export interface ArtifactPorts {
  /** Whether the folder lies in a repository. */
  readonly inRepository: (folder: string) => boolean;
  /** Of each path, in their order. */
  readonly probeAll: (folder: string, paths: readonly string[]) => readonly Probe[];
  /** Whether Git is told to leave out this path of a run folder. */
  readonly isUntracked: (path: string) => boolean;
}

export interface LocatedArtifacts {
  readonly artifacts: readonly LoadedArtifact[];
  readonly findings: readonly Finding[];
}

/** @throws LifecycleError when a path leaves the folder, or a file that must be there is not. */
export function locateArtifacts(
  folder: string,
  run: RunManifest,
  namespace: string,
  ports: ArtifactPorts,
): LocatedArtifacts {
  const digests = digestsOf(run, namespace);
  const artifacts: LoadedArtifact[] = [];
  const findings: Finding[] = [];
  const named = run.stages.flatMap(({ name: stage, artifacts }, index) =>
    Object.entries(artifacts).map(([name, path]) => ({ name, stage, path, index })),
  );
  const paths = named.map(({ path }) => path);
  const probes = ports.probeAll(folder, paths);
  for (const [at, { name, stage, path, index }] of named.entries()) {
    const probe = probes[at] as Probe;
    const untracked = ports.isUntracked(path);
    refuseUnsafe(folder, name, path, probe, untracked);
    const known = digests(name, path);
    const artifact = { name, stage, path, absolute: probe.absolute, ...known };
    if (probe.state === "here") {
      artifacts.push({ ...artifact, availability: "here" });
      continue;
    }
    const byDesign = untracked && (known.sha256 !== null || isLog(path) || run.status === "running");
    artifacts.push({ ...artifact, availability: byDesign ? "not-here" : "missing" });
    if (byDesign && run.status !== "running")
      findings.push(notHere(appendToPointer(`/stages/${index}/artifacts`, name), path, known.sha256));
  }
  const gone = artifacts.filter(({ availability }) => availability === "missing");
  if (gone.length > 0) throw goneFault(folder, gone, ports.inRepository(folder));
  return { artifacts, findings };
}

/** A log that something still wrote to has no digest, and stays where the run was made all the same. */
function isLog(path: string): boolean {
  return path.startsWith("logs/");
}

type Known = Pick<LoadedArtifact, "how" | "sha256" | "bytes" | "mtime_utc">;

const nothingKnown: Known = { how: null, sha256: null, bytes: null, mtime_utc: null };

const ways: readonly unknown[] = ["written", "copied", "linked", "referenced"] satisfies Known["how"][];

/** What `artifacts` under the extension key says of an artifact by its name; its schema has judged it. */
function digestsOf(run: RunManifest, namespace: string): (name: string, path: string) => Known {
  const extension = run[namespace];
  const recorded = isObject(extension) ? extension.artifacts : undefined;
  const entries = isObject(recorded) && isObject(recorded.entries) ? recorded.entries : {};
  return (name, path) => {
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (!isObject(entry) || entry.path !== path) return nothingKnown;
    const { how, sha256, size_bytes, mtime_utc } = entry;
    return {
      how: ways.includes(how) ? (how as Known["how"]) : null,
      sha256: typeof sha256 === "string" ? sha256 : null,
      bytes: typeof size_bytes === "number" ? size_bytes : null,
      mtime_utc: typeof mtime_utc === "string" ? mtime_utc : null,
    };
  };
}

/** What Git leaves out may be closed to others, as logs are: then it is not here for them. */
function refuseUnsafe(
  folder: string,
  name: string,
  path: string,
  { state, reason }: Probe,
  untracked: boolean,
): void {
  const hint = `Replace the link ${path} by the file it was made for.`;
  if (state === "escapes")
    throw new LifecycleError(
      "PATH_ESCAPES",
      `${folder}: the artifact ${name} leaves the run folder: ${reason}`,
      {
        hint,
      },
    );
  if (state === "loop")
    throw new LifecycleError("SYMLINK_LOOP", `${folder}: the artifact ${name}, ${path}, ${reason}`, { hint });
  if (state === "unreadable" && !untracked)
    throw new LifecycleError(
      "RECORD_UNREADABLE",
      `${folder}: the artifact ${name} cannot be looked at: ${reason}`,
      {
        hint: "Check the permissions of its folder.",
      },
    );
}

function notHere(pointer: string, path: string, sha256: string | null): Finding {
  const known = sha256 === null ? "it stays where the run was made" : `its digest is ${sha256}`;
  return {
    code: "ARTIFACT_NOT_HERE",
    severity: "notice",
    pointer,
    message: `${path} is not here: Git leaves it out, and ${known}`,
    hint: "Copy it from where the run was made.",
    line: null,
    column: null,
  };
}

function goneFault(folder: string, gone: readonly LoadedArtifact[], inRepository: boolean): LifecycleError {
  const lines = gone.map(({ name, stage, path }) => `  ${name} of ${stage}: ${path}`);
  const paths = gone.map(({ path }) => path);
  return new LifecycleError(
    "ARTIFACT_GONE",
    `${folder} lacks what its manifest names:\n${lines.join("\n")}`,
    { hint: restoreHint(folder, paths, inRepository) },
  );
}
