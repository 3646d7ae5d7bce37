/** `buildManifest`: the pure builder, fed with the commit, the runtimes and the time of this very call. */
import type { CapturedSource } from "../../git/capture.js";
import {
  buildExperiment,
  type DataProvenance,
  type ExperimentManifest,
  type Extensions,
} from "../../kinds/experiment.js";
import { formatExperimentId } from "../../manifest/ids.js";
import { defaultNamespace } from "../../manifest/kind.js";
import { formatUtc } from "../../manifest/timestamps.js";
import type { Redacted } from "../../secrets/redactions.js";

export interface BuildManifestOptions {
  /** Unique name; default: UTC time, short commit and six random characters. */
  readonly experimentId?: string;
  /** Free-form parameters: plain JSON values. Copied; secrets are replaced, and counted under `<namespace>.redactions`. */
  readonly params: Readonly<Record<string, unknown>>;
  /** `synthetic(seed)` or `external({name: sha256})`. */
  readonly dataProvenance: DataProvenance;
  /** `{capability: {…}}`, put under the extension key; the key is there even when the map is empty. */
  readonly extensions?: Extensions;
  /** The extension key, default `colophon`. */
  readonly namespace?: string;
  /** Whose commit is captured, default the current folder. */
  readonly directory?: string;
  /**
   * A commit that the caller vouches for, instead of the captured one: for code that runs where its repository is not.
   * It is recorded as such, under `<namespace>.supplied`.
   */
  readonly git?: ExperimentManifest["git"];
  /** Also record the full state of the tree and the machine, under `<namespace>.source` and `<namespace>.machine`. */
  readonly facts?: boolean;
}

export interface BuildManifestPorts {
  readonly now: () => number;
  readonly newSuffix: () => string;
  readonly directory: string;
  readonly captureSource: (directory: string) => Promise<CapturedSource>;
  readonly captureMachine: () => object;
  readonly runtimes: () => Readonly<Record<string, string>>;
  readonly redactMembers: (value: unknown) => Redacted<unknown>;
}

/** @throws GitError when Git cannot tell the commit; nothing is guessed. */
export async function buildManifestFrom(
  options: BuildManifestOptions,
  ports: BuildManifestPorts,
): Promise<ExperimentManifest> {
  const timestampUtc = formatUtc(ports.now());
  const captured =
    options.git === undefined ? await ports.captureSource(options.directory ?? ports.directory) : undefined;
  const git = options.git ?? (captured as CapturedSource).git;
  const params = ports.redactMembers(options.params);
  return buildExperiment({
    experimentId: options.experimentId ?? formatExperimentId(timestampUtc, git.sha, ports.newSuffix()),
    timestampUtc,
    git,
    env: ports.runtimes(),
    params: params.value as BuildManifestOptions["params"],
    dataProvenance: options.dataProvenance,
    namespace: options.namespace ?? defaultNamespace,
    extensions: {
      ...(options.facts && { ...(captured && { source: captured.source }), machine: ports.captureMachine() }),
      ...(options.git && { supplied: { git: true } }),
      ...(Object.keys(params.redactions).length > 0 && { redactions: params.redactions }),
      ...options.extensions,
    },
  });
}
