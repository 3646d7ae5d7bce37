/** What the programmatic API works with. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { customAlphabet } from "nanoid";
import { captureMachine } from "../environment/machine.js";
import { platformName } from "../environment/platform.js";
import { writeAtomic } from "../files/write-atomic.js";
import { findRepositoryHint } from "../git/repository/find-repository.js";
import { suffixAlphabet, suffixLength } from "../manifest/ids.js";
import type { BuildManifestPorts } from "../operations/manifests/build-manifest.js";
import type { DocumentPorts } from "../operations/manifests/documents.js";
import { redactMembers } from "../secrets/values.js";
import { openProject } from "../store/project.js";
import { readDocument } from "../store/read-document.js";
import { now } from "./clock.js";
import { recordsIn } from "./own-folders.js";

export {
  type JournalProblems,
  type MetricPoint,
  type MetricReading,
  readMetrics as readJournals,
} from "../store/metrics/read-journals.js";

export const documentPorts: DocumentPorts = {
  pathOf: (path) => (path instanceof URL ? fileURLToPath(path) : path),
  readBytes: (path, maximumBytes) => readDocument(process.cwd(), path, maximumBytes),
  readText: (path) => readFileSync(path, "utf8"),
  findText: (path) => (existsSync(path) ? readFileSync(path, "utf8") : undefined),
  writeAtomic,
};

export async function buildManifestPorts(): Promise<BuildManifestPorts> {
  const { captureSource } = await import("../git/capture.js");
  const directory = process.cwd();
  return {
    now,
    newSuffix: customAlphabet(suffixAlphabet, suffixLength),
    directory,
    captureSource: (from) => {
      const project = openProject(from, findRepositoryHint(from));
      return captureSource(from, { env: process.env, recordsIn: recordsIn(project) });
    },
    captureMachine: () => captureMachine(process.env),
    redactMembers,
    runtimes: () => ({ platform: platformName(), node: process.versions.node }),
  };
}
