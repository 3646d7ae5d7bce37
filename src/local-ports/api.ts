/** What the programmatic API works with. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { customAlphabet } from "nanoid";
import { captureMachine } from "../environment/machine.js";
import { platformName } from "../environment/platform.js";
import { writeAtomic } from "../files/write-atomic.js";
import { isOwnPath, suffixAlphabet, suffixLength } from "../manifest/ids.js";
import type { BuildManifestPorts } from "../operations/build-manifest.js";
import type { DocumentPorts } from "../operations/documents.js";
import { readDocument } from "../store/documents.js";
import { openProject } from "../store/project.js";
import { now } from "./clock.js";

export const documentPorts: DocumentPorts = {
  pathOf: (path) => (path instanceof URL ? fileURLToPath(path) : path),
  readBytes: (path, maximumBytes) => readDocument(process.cwd(), path, 0, maximumBytes),
  readText: (path) => readFileSync(path, "utf8"),
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
      const { records } = openProject(from);
      return captureSource(from, { env: process.env, isOwn: (path) => isOwnPath(path, records) });
    },
    captureMachine: () => captureMachine(process.env),
    runtimes: () => ({ platform: platformName(), node: process.versions.node }),
  };
}
