/** The facts of this machine that cost no process: files of the system, `node:os` and allowed environment variables. */
import { createHash } from "node:crypto";
import { hostname, machine, platform, release, totalmem, userInfo } from "node:os";
import type { Machine } from "../generated/types.js";
import { allowEnvironment } from "../secrets/variables.js";
import { captureContainer, containerVariables } from "./machine/container.js";
import { captureCpu } from "./machine/cpu.js";
import { captureLaunchers, captureRank, hostVariables, launcherVariables } from "./machine/launchers.js";
import { captureLimits } from "./machine/limits.js";
import { captureNvidiaDriver } from "./machine/nvidia-driver.js";
import { findDistribution, findLibc } from "./platform.js";

export interface MachineOptions {
  /** Replaces the names of machines and of the account by their digests: the same name gives the same digest. */
  readonly hashIdentity?: boolean;
  /** Further environment variables to record, by exact name. */
  readonly extraVariables?: readonly string[];
}

const ownVariables = ["PYTHONHASHSEED", "CUDA_VISIBLE_DEVICES", ...containerVariables, ...launcherVariables];

/** The interpreter is left open: `captureRuntimes` finds it meanwhile. */
export function captureMachine(env: NodeJS.ProcessEnv, options: MachineOptions = {}): Machine {
  const { hashIdentity = false, extraVariables = [] } = options;
  const identity = (name: string) => (hashIdentity ? digestOfName(name) : name);
  const allowed = allowEnvironment(env, [...ownVariables, ...extraVariables]);
  const variables = Object.fromEntries(
    Object.entries(allowed.variables).map(([name, value]) => [
      name,
      hostVariables.includes(name) ? identity(value) : value,
    ]),
  );
  const inKubernetes = Boolean(env.KUBERNETES_SERVICE_HOST);
  const launchers = captureLaunchers(variables, inKubernetes);
  const host = hostname();
  const user = findUser();
  return {
    machine_version: 1,
    hostname: host === "" ? null : identity(host),
    user: user === null ? null : identity(user),
    identity_hashed: hashIdentity,
    os: {
      platform: platform(),
      release: release(),
      machine: machine(),
      distribution: findDistribution(),
      libc: findLibc(),
    },
    cpu: captureCpu(),
    memory: { total_bytes: totalmem() },
    limits: captureLimits(),
    container: captureContainer(variables, inKubernetes),
    launchers,
    rank: captureRank(launchers),
    variables,
    redactions: { ...allowed.redactions },
    python_hash_seed: variables.PYTHONHASHSEED ?? null,
    gpu: { ...captureNvidiaDriver(), visible: variables.CUDA_VISIBLE_DEVICES ?? null },
    interpreter: null,
  };
}

/** A container may run under a number that has no account. */
function findUser(): string | null {
  try {
    return userInfo().username || null;
  } catch {
    return null;
  }
}

function digestOfName(name: string): string {
  return `sha256:${createHash("sha256").update(name).digest("hex")}`;
}
