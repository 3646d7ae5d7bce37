/** This machine and its processes, as far as runs that never ended are judged by them. */
import { hostname, machine, platform } from "node:os";
import { captureContainer, containerVariables } from "../environment/machine/container.js";
import { captureCpu } from "../environment/machine/cpu.js";
import type { Here, MachineName } from "../operations/records/state/observe-run.js";
import { identifyProcess } from "../process/identify-process.js";
import { startedAtOf, startTimeOf } from "../process/observe-process.js";

export function captureHere(env: NodeJS.ProcessEnv): Here {
  const { boot_id, pid_namespace } = identifyProcess();
  let name: MachineName | undefined;
  return {
    bootId: boot_id,
    pidNamespace: pid_namespace,
    // Asked only about runs of another boot.
    get machine() {
      name ??= nameMachine(env);
      return name;
    },
    startTimeOf,
    startedAtOf,
  };
}

function nameMachine(env: NodeJS.ProcessEnv): MachineName {
  const variables = containerVariables.map((name) => [name, env[name] ?? ""] as const);
  return {
    hostname: hostname() || null,
    platform: platform(),
    architecture: machine(),
    cpuModel: captureCpu().model,
    container: captureContainer(Object.fromEntries(variables), Boolean(env.KUBERNETES_SERVICE_HOST)).kind,
  };
}
