/** By which pipeline a run is judged, and this from the document alone. */
import type { Pipeline } from "../../generated/types.js";
import { isObject } from "../../manifest/validate.js";
import { meridianPipelineOf } from "./meridian.js";

/**
 * `colophon_version` means a pipeline of Colophon, whose rules stand under the extension key; otherwise `meridian_tools_version`
 * means `meridian`. Neither, or no rules: `undefined`. `version` is that of the document on disk, where `run` was upgraded from it.
 */
export function pipelineOf(
  run: Readonly<Record<string, unknown>>,
  namespace: string,
  version: unknown = run.manifest_version,
): Pipeline | undefined {
  if (Object.hasOwn(run, "colophon_version") && !predatesColophon(version)) {
    const extension = run[namespace];
    return isObject(extension) && isObject(extension.pipeline)
      ? (extension.pipeline as unknown as Pipeline)
      : undefined;
  }
  return Object.hasOwn(run, "meridian_tools_version") ? meridianPipelineOf(version) : undefined;
}

/** Versions that only meridian-tools wrote. */
export function predatesColophon(version: unknown): boolean {
  return version === 0 || version === 1 || version === 2;
}
