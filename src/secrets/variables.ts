/** Environment variables: only those named here are ever recorded, and what the user names besides. */
import { UsageError } from "../errors.js";
import { judgeValue } from "./judge.js";
import { mergeRedactions, type Redactions } from "./redactions.js";
import { redactLines } from "./text.js";
import { redactWhole } from "./whole.js";

export interface AllowedVariables {
  /** In the order of their names. */
  readonly variables: Record<string, string>;
  readonly redactions: Redactions;
}

/** Throws `VARIABLE_NOT_A_NAME` for an extra name that is none, above all for a pattern: one `*` would open everything. */
export function allowEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  extraNames: readonly string[],
): AllowedVariables {
  for (const name of extraNames) assertName(name);
  const extra = new Set(extraNames);
  const counts: Redactions[] = [];
  const kept = Object.entries(env)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .filter(([name]) => extra.has(name) || isAllowed(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const rule = judgeValue(name, value, "data");
      const redacted = rule === undefined ? redactLines(value, "data") : redactWhole(value, rule);
      counts.push(redacted.redactions);
      return [name, redacted.value] as const;
    });
  return { variables: Object.fromEntries(kept), redactions: mergeRedactions(...counts) };
}

function assertName(name: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return;
  throw new UsageError(
    "VARIABLE_NOT_A_NAME",
    `cannot record the environment variable ${JSON.stringify(name)}: expected one name of letters, digits and "_", found ${
      /[*?[\]]/.test(name) ? "a pattern" : "something else"
    }`,
    { hint: "Name each variable in full, such as `DATA_ROOT`." },
  );
}

function isAllowed(name: string): boolean {
  return allowedVariables.some((allowed) =>
    typeof allowed === "string" ? allowed === name : allowed.test(name),
  );
}

/** What decides devices, threads, determinism, rank, locale and interpreter: what a second run must set alike. */
export const allowedVariables: readonly (string | RegExp)[] = [
  /^(?:CUDA|NVIDIA|HIP|ROCR)_VISIBLE_DEVICES$/,
  "CUDA_DEVICE_ORDER",
  "CUDA_LAUNCH_BLOCKING",
  "CUDA_MODULE_LOADING",
  "CUDA_DEVICE_MAX_CONNECTIONS",
  "GPU_DEVICE_ORDINAL",
  "HSA_OVERRIDE_GFX_VERSION",
  "ZE_AFFINITY_MASK",
  "TPU_VISIBLE_DEVICES",

  /^(?:OMP|MKL|OPENBLAS|BLIS|NUMEXPR|NUMBA|RAYON|GOTO)_NUM_THREADS$/,
  /^OMP_(?:PROC_BIND|PLACES|SCHEDULE|DYNAMIC|MAX_ACTIVE_LEVELS|WAIT_POLICY)$/,
  /^MKL_(?:DYNAMIC|CBWR|THREADING_LAYER|SERVICE_FORCE_INTEL|ENABLE_INSTRUCTIONS)$/,
  /^KMP_(?:AFFINITY|BLOCKTIME|SETTINGS)$/,
  "GOMP_CPU_AFFINITY",
  "NUMEXPR_MAX_THREADS",
  "VECLIB_MAXIMUM_THREADS",
  "OPENBLAS_CORETYPE",
  "MALLOC_ARENA_MAX",
  "TOKENIZERS_PARALLELISM",

  "CUBLAS_WORKSPACE_CONFIG",
  "NVIDIA_TF32_OVERRIDE",
  "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE",
  /^PYTORCH_(?:CUDA_|HIP_)?ALLOC_CONF$/,
  "PYTORCH_ENABLE_MPS_FALLBACK",
  /^TORCH(?:DYNAMO|INDUCTOR)_[A-Z0-9_]+$/,
  /^TF_(?:DETERMINISTIC_OPS|CUDNN_DETERMINISTIC|ENABLE_ONEDNN_OPTS|XLA_FLAGS|FORCE_GPU_ALLOW_GROWTH)$/,
  "XLA_FLAGS",
  /^XLA_PYTHON_CLIENT_(?:PREALLOCATE|MEM_FRACTION|ALLOCATOR)$/,
  /^JAX_(?:ENABLE_X64|PLATFORMS|DEFAULT_MATMUL_PRECISION|DEBUG_NANS|DISABLE_JIT)$/,
  /^NCCL_[A-Z0-9_]+$/,
  /^GLOO_[A-Z0-9_]+$/,

  /^(?:GLOBAL_|LOCAL_|GROUP_|ROLE_|NODE_)?RANK$/,
  /^(?:LOCAL_|ROLE_)?WORLD_SIZE$/,
  "MASTER_ADDR",
  "MASTER_PORT",
  /^TORCHELASTIC_(?:RUN_ID|RESTART_COUNT|MAX_RESTARTS)$/,
  /^SLURM_(?:JOB_ID|JOB_NAME|JOB_PARTITION|JOB_NUM_NODES|JOB_NODELIST|ARRAY_JOB_ID|ARRAY_TASK_ID|RESTART_COUNT)$/,
  /^SLURM_(?:PROCID|LOCALID|NODEID|NTASKS|NNODES|CPUS_PER_TASK|GPUS|GPUS_ON_NODE|MEM_PER_NODE|STEP_ID)$/,
  /^SLURM_(?:CLUSTER_NAME|SUBMIT_DIR)$/,
  /^OMPI_COMM_WORLD_(?:RANK|SIZE|LOCAL_RANK|LOCAL_SIZE)$/,
  /^PMIX?_(?:RANK|SIZE|LOCAL_RANK)$/,
  /^(?:PBS_JOBID|LSB_JOBID|JOB_COMPLETION_INDEX)$/,

  /^PYTHON(?:HASHSEED|UNBUFFERED|OPTIMIZE|PATH|HOME|NOUSERSITE|DONTWRITEBYTECODE|UTF8|WARNINGS)$/,
  /^(?:VIRTUAL_ENV|CONDA_DEFAULT_ENV|CONDA_PREFIX)$/,
  /^(?:HF_HUB|TRANSFORMERS|HF_DATASETS)_OFFLINE$/,

  /^LC_[A-Z]+$/,
  "LANG",
  "LANGUAGE",
  "TZ",
  "SOURCE_DATE_EPOCH",
];
