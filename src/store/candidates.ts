/** Which files a search for manifests looks at, judged by their path alone. */
import type picomatch from "picomatch";
import { isExperimentId } from "../manifest/ids.js";
import type { Project } from "./project.js";

/**
 * - `expected`: it must be a manifest; if it is not recognised, that is a finding.
 * - `perhaps`: a `manifest.json` that may well be a web app's; left alone unless it is recognisably ours.
 */
export type Candidacy = "expected" | "perhaps" | undefined;

export type Judge = (path: string) => Candidacy;

/** `path` is relative to the project's root, POSIX. `compile` is picomatch, given only where globs were declared. */
export function judgeCandidates({ artifacts, config }: Project, compile?: typeof picomatch): Judge {
  const globs = config.manifests ?? [];
  const declared =
    globs.length > 0 && compile !== undefined ? compile([...globs], { dot: true }) : () => false;
  return (path) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (!name.endsWith(".json")) return declared(path) ? "expected" : undefined;
    if (name === "run_manifest.json" || name.endsWith(".manifest.json") || declared(path)) return "expected";
    if (name !== "manifest.json") return undefined;
    return isInRunFolder(path) || path.startsWith(`${artifacts}/`) ? "expected" : "perhaps";
  };
}

export function isInRunFolder(path: string): boolean {
  return isExperimentId(path.split("/").at(-2) ?? "");
}
