/** The container, as far as a process can know it from inside: it cannot learn the digest of its own image. */
import { existsSync } from "node:fs";
import { posix } from "node:path";
import type { Machine } from "../../generated/types.js";
import { findText } from "./system-files.js";

export type Container = Machine["container"];

export const containerVariables: readonly string[] = [
  "COLOPHON_CONTAINER_IMAGE",
  "APPTAINER_CONTAINER",
  "SINGULARITY_CONTAINER",
];

export function captureContainer(
  variables: Readonly<Record<string, string>>,
  inKubernetes: boolean,
  systemRoot = "/",
): Container {
  const podman = findText(posix.join(systemRoot, "run/.containerenv"));
  const imageFile = variables.APPTAINER_CONTAINER || variables.SINGULARITY_CONTAINER;
  const image = variables.COLOPHON_CONTAINER_IMAGE || imageFile || (podman && parseImage(podman)) || null;
  return {
    kind: kindOfContainer(),
    image,
    pinned: image === null ? null : /@sha256:[0-9a-f]{64}$/.test(image),
  };

  function kindOfContainer(): string | null {
    if (variables.APPTAINER_CONTAINER) return "apptainer";
    if (variables.SINGULARITY_CONTAINER) return "singularity";
    if (inKubernetes) return "kubernetes";
    if (podman !== undefined) return "podman";
    if (existsSync(posix.join(systemRoot, ".dockerenv"))) return "docker";
    return findText(posix.join(systemRoot, "run/systemd/container"))?.trim() || null;
  }
}

/** Podman writes `image="registry/name:tag"` for containers of the system's root; the file is empty for others. */
export function parseImage(containerEnvironment: string): string | undefined {
  return /^image="([^"]+)"$/m.exec(containerEnvironment)?.[1];
}
