/** What started this process as one of several. Only variables on the list are looked at, and their values have passed the secret rules. */
import type {
  KubernetesFacts,
  Machine,
  MpiFacts,
  Rank,
  RayFacts,
  SlurmFacts,
  TorchrunFacts,
} from "../../generated/types.js";

type Variables = Readonly<Record<string, string>>;

export const launcherVariables: readonly string[] = [
  ...["RANK", "LOCAL_RANK", "GROUP_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR"],
  ...["TORCHELASTIC_RUN_ID", "TORCHELASTIC_RESTART_COUNT"],
  ...[
    "SLURM_JOB_ID",
    "SLURM_ARRAY_JOB_ID",
    "SLURM_ARRAY_TASK_ID",
    "SLURM_RESTART_COUNT",
    "SLURM_PROCID",
    "SLURM_LOCALID",
  ],
  ...[
    "SLURM_NTASKS",
    "SLURM_JOB_NUM_NODES",
    "SLURM_JOB_NODELIST",
    "SLURM_GPUS_ON_NODE",
    "SLURM_CLUSTER_NAME",
  ],
  "SLURM_SUBMIT_DIR",
  ...["OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"],
  ...["PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"],
  ...["RAY_JOB_ID", "JOB_COMPLETION_INDEX"],
];

/** Values that name machines. */
export const hostVariables: readonly string[] = ["MASTER_ADDR", "SLURM_JOB_NODELIST", "SLURM_CLUSTER_NAME"];

export function captureLaunchers(variables: Variables, inKubernetes: boolean): Machine["launchers"] {
  return {
    torchrun: findTorchrun(variables),
    slurm: findSlurm(variables),
    mpi: findMpi(variables),
    ray: findRay(variables),
    kubernetes: inKubernetes ? kubernetesFacts(variables) : null,
  };
}

/**
 * The place among processes that work on one run. torchrun starts ranks inside what Slurm or MPI started, so it is asked first.
 * Tasks of a Slurm array and pieces of an indexed Kubernetes job are runs of their own, not ranks of one.
 */
export function captureRank({ torchrun, mpi, slurm }: Machine["launchers"]): Rank | null {
  const place = (
    launcher: Rank["launcher"],
    rank?: number | null,
    size?: number | null,
    local?: number | null,
  ) =>
    typeof rank === "number" && typeof size === "number" && rank < size
      ? { rank, world_size: size, local_rank: local ?? null, launcher }
      : null;
  return (
    place("torchrun", torchrun?.rank, torchrun?.world_size, torchrun?.local_rank) ??
    place("mpi", mpi?.rank, mpi?.size, mpi?.local_rank) ??
    place("slurm", slurm?.procid, slurm?.ntasks, slurm?.localid)
  );
}

/** `RANK` alone is somebody's own variable; together with `WORLD_SIZE` it is what torchrun and its kin set. */
function findTorchrun(variables: Variables): TorchrunFacts | null {
  if (!hasAll(variables, "RANK", "WORLD_SIZE")) return null;
  return {
    rank: count(variables, "RANK"),
    local_rank: count(variables, "LOCAL_RANK"),
    group_rank: count(variables, "GROUP_RANK"),
    world_size: count(variables, "WORLD_SIZE"),
    local_world_size: count(variables, "LOCAL_WORLD_SIZE"),
    run_id: word(variables, "TORCHELASTIC_RUN_ID"),
    restart_count: count(variables, "TORCHELASTIC_RESTART_COUNT"),
    master_addr: word(variables, "MASTER_ADDR"),
  };
}

function findSlurm(variables: Variables): SlurmFacts | null {
  if (!hasAll(variables, "SLURM_JOB_ID")) return null;
  return {
    job_id: word(variables, "SLURM_JOB_ID"),
    array_job_id: word(variables, "SLURM_ARRAY_JOB_ID"),
    array_task_id: count(variables, "SLURM_ARRAY_TASK_ID"),
    restart_count: count(variables, "SLURM_RESTART_COUNT"),
    procid: count(variables, "SLURM_PROCID"),
    localid: count(variables, "SLURM_LOCALID"),
    ntasks: count(variables, "SLURM_NTASKS"),
    num_nodes: count(variables, "SLURM_JOB_NUM_NODES"),
    nodelist: word(variables, "SLURM_JOB_NODELIST"),
    gpus_on_node: word(variables, "SLURM_GPUS_ON_NODE"),
    cluster_name: word(variables, "SLURM_CLUSTER_NAME"),
    submit_dir: word(variables, "SLURM_SUBMIT_DIR"),
  };
}

function findMpi(variables: Variables): MpiFacts | null {
  if (hasAll(variables, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")) {
    return {
      variables: "OMPI_COMM_WORLD",
      rank: count(variables, "OMPI_COMM_WORLD_RANK"),
      size: count(variables, "OMPI_COMM_WORLD_SIZE"),
      local_rank: count(variables, "OMPI_COMM_WORLD_LOCAL_RANK"),
    };
  }
  if (!hasAll(variables, "PMI_RANK", "PMI_SIZE")) return null;
  return {
    variables: "PMI",
    rank: count(variables, "PMI_RANK"),
    size: count(variables, "PMI_SIZE"),
    local_rank: count(variables, "MPI_LOCALRANKID"),
  };
}

function findRay(variables: Variables): RayFacts | null {
  return hasAll(variables, "RAY_JOB_ID") ? { job_id: word(variables, "RAY_JOB_ID") } : null;
}

function kubernetesFacts(variables: Variables): KubernetesFacts {
  return { job_completion_index: count(variables, "JOB_COMPLETION_INDEX") };
}

function hasAll(variables: Variables, ...names: readonly string[]): boolean {
  return names.every((name) => word(variables, name) !== null);
}

function word(variables: Variables, name: string): string | null {
  return (Object.hasOwn(variables, name) && variables[name]) || null;
}

function count(variables: Variables, name: string): number | null {
  const text = word(variables, name);
  const value = text !== null && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
  return value;
}
