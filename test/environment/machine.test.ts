import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { availableParallelism, hostname, totalmem, userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { captureCpu, countOfList, parseAffinity, parseCpuModel } from "../../src/environment/machine/cpu.js";
import { captureMachine } from "../../src/environment/machine.js";
import { machine as validator } from "../../src/generated/validators.js";
import { makeFolder, plainEnv } from "./scratch.js";

/** Thirty variables of the kinds that hold secrets; assembled here so that no scanner takes this file for a leak. */
const planted = new Map(
  [
    ...["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GITHUB_TOKEN", "GH_TOKEN", "GITLAB_TOKEN", "HF_TOKEN"],
    ...[
      "HUGGING_FACE_HUB_TOKEN",
      "WANDB_API_KEY",
      "MLFLOW_TRACKING_PASSWORD",
      "NEPTUNE_API_TOKEN",
      "COMET_API_KEY",
    ],
    ...[
      "OPENAI_API_KEY",
      "ANTHROPIC_API_KEY",
      "AZURE_CLIENT_SECRET",
      "GOOGLE_API_KEY",
      "SLACK_TOKEN",
      "NPM_TOKEN",
    ],
    ...[
      "PYPI_TOKEN",
      "TWINE_PASSWORD",
      "DATABASE_URL",
      "PGPASSWORD",
      "REDIS_URL",
      "DOCKER_PASSWORD",
      "KUBE_TOKEN",
    ],
    ...["STRIPE_KEY", "SENDGRID_KEY", "JWT_SECRET", "PRIVATE_KEY", "PIP_INDEX_URL", "HTTPS_PROXY"],
  ].map((name, index) => [name, createHash("sha256").update(`planted ${index}`).digest("hex")]),
);

describe("captureMachine", () => {
  test("is what its schema says", () => {
    const machine = captureMachine(plainEnv);
    validator(machine);
    expect(validator.errors ?? []).toEqual([]);
    expect(machine).toMatchObject({
      machine_version: 1,
      hostname: hostname(),
      identity_hashed: false,
      interpreter: null,
    });
    expect(machine.user).toBe(userInfo().username);
    expect(machine.memory.total_bytes).toBe(totalmem());
    expect(machine.cpu.available_cores).toBe(availableParallelism());
  });

  test("hashes the names of machines and of the account when asked", () => {
    const variables = {
      SLURM_JOB_ID: "1",
      SLURM_JOB_NODELIST: "secret-node",
      RANK: "0",
      WORLD_SIZE: "1",
      MASTER_ADDR: "head",
    };
    const machine = captureMachine({ ...plainEnv, ...variables }, { hashIdentity: true });
    const digest = (name: string) => `sha256:${createHash("sha256").update(name).digest("hex")}`;
    expect(machine).toMatchObject({
      hostname: digest(hostname()),
      user: digest(userInfo().username),
      identity_hashed: true,
    });
    expect(machine.launchers.slurm?.nodelist).toBe(digest("secret-node"));
    expect(machine.launchers.torchrun?.master_addr).toBe(digest("head"));
    expect(JSON.stringify(machine)).not.toMatch(/secret-node|"head"/);
  });

  test("records variables by name only, so that none of thirty planted secrets appears", () => {
    const machine = captureMachine({ ...plainEnv, ...Object.fromEntries(planted), OMP_NUM_THREADS: "4" });
    const text = JSON.stringify(machine);
    const leaked = [...planted.values()].filter((value) => text.includes(value));
    expect(planted.size).toBe(30);
    expect(leaked).toEqual([]);
    expect(machine.variables.OMP_NUM_THREADS).toBe("4");
  });

  test("removes a secret from an allowed variable, and counts it", () => {
    const token = ["gh", "p_", createHash("sha256").update("token").digest("hex").slice(0, 36)].join("");
    const env = { ...plainEnv, PYTHONHASHSEED: token, COLOPHON_CONTAINER_IMAGE: token, MINE: token };
    const machine = captureMachine(env, { extraVariables: ["MINE"] });
    expect(JSON.stringify(machine)).not.toContain(token);
    expect(Object.keys(machine.variables)).toContain("MINE");
    expect(Object.values(machine.redactions).reduce((sum, count) => sum + count, 0)).toBe(3);
  });

  test("keeps what makes numbers differ: hash seed, visible devices, ranks, extra names", () => {
    const unset = captureMachine(plainEnv);
    expect(unset).toMatchObject({ python_hash_seed: null, gpu: { visible: null }, rank: null });
    const variables = {
      PYTHONHASHSEED: "0",
      CUDA_VISIBLE_DEVICES: "",
      RANK: "1",
      WORLD_SIZE: "2",
      MY_SWITCH: "on",
    };
    const machine = captureMachine({ ...plainEnv, ...variables }, { extraVariables: ["MY_SWITCH"] });
    expect(machine).toMatchObject({
      python_hash_seed: "0",
      gpu: { visible: "" },
      variables: { MY_SWITCH: "on" },
    });
    expect(machine.rank).toEqual({ rank: 1, world_size: 2, local_rank: null, launcher: "torchrun" });
    expect(unset.variables.MY_SWITCH).toBeUndefined();
  });

  test("starts no process", async () => {
    const outfile = join(makeFolder(), "capture.cjs");
    const machineFile = JSON.stringify(join(process.cwd(), "src/environment/machine.ts"));
    const contents = `import { captureMachine } from ${machineFile};
      import { spawnSync } from "node:child_process";
      process.stdout.write(captureMachine({}).hostname + "\\n");
      try { spawnSync("true"); } catch (error) { process.stdout.write(error.code); }`;
    const stdin = { contents, resolveDir: process.cwd(), loader: "ts" as const };
    await build({ stdin, bundle: true, platform: "node", format: "cjs", outfile, logLevel: "silent" });
    // Node's permission model refuses every process; the last line shows that it was on.
    const flag = process.allowedNodeEnvironmentFlags.has("--permission")
      ? "--permission"
      : "--experimental-permission";
    const words = ["--no-warnings", flag, "--allow-fs-read=*", outfile];
    const { stdout } = spawnSync(process.execPath, words, { encoding: "utf8", env: plainEnv });
    expect(stdout).toBe(`${hostname()}\nERR_ACCESS_DENIED`);
  });
});

describe("captureCpu", () => {
  test("counts the processors of this machine", () => {
    const { logical_cores, available_cores, affinity } = captureCpu();
    expect(logical_cores).toBeGreaterThanOrEqual(available_cores);
    if (affinity !== null) expect(countOfList(affinity)).toBe(available_cores);
  });

  test.each([
    ["0-3,8\n", 5],
    ["0", 1],
    ["0-63", 64],
    ["", 0],
    ["nonsense", 0],
  ])("counts the processors in %j", (list, count) => {
    expect(countOfList(list)).toBe(count);
  });

  test("reads the model and the affinity where they are shown", () => {
    expect(parseCpuModel("processor\t: 0\nmodel name\t: AMD EPYC 7763 64-Core Processor\n")).toBe(
      "AMD EPYC 7763 64-Core Processor",
    );
    expect(parseCpuModel("processor\t: 0\nBogoMIPS\t: 243.75\n")).toBeNull();
    expect(parseAffinity("Name:\tnode\nCpus_allowed:\tf\nCpus_allowed_list:\t0-3,8\n")).toBe("0-3,8");
    expect(parseAffinity("")).toBeNull();
  });
});
