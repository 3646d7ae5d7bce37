import { describe, expect, test } from "@jest/globals";
import { captureLaunchers, captureRank } from "../../src/environment/machine/launchers.js";

const torchrun = {
  RANK: "3",
  LOCAL_RANK: "1",
  WORLD_SIZE: "8",
  TORCHELASTIC_RUN_ID: "none",
  MASTER_ADDR: "node1",
};
const slurm = {
  SLURM_JOB_ID: "4711",
  SLURM_PROCID: "2",
  SLURM_NTASKS: "4",
  SLURM_LOCALID: "0",
  SLURM_JOB_NODELIST: "n[1-2]",
};

function rankOf(variables: Record<string, string>, inKubernetes = false) {
  return captureRank(captureLaunchers(variables, inKubernetes));
}

describe("captureLaunchers", () => {
  test("finds nothing on a machine of one's own", () => {
    const none = { torchrun: null, slurm: null, mpi: null, ray: null, kubernetes: null };
    expect(captureLaunchers({}, false)).toEqual(none);
  });

  test("reads torchrun's, Slurm's, MPI's, Ray's and Kubernetes' variables", () => {
    const mpi = { OMPI_COMM_WORLD_RANK: "1", OMPI_COMM_WORLD_SIZE: "2" };
    const all = { ...torchrun, ...slurm, ...mpi, RAY_JOB_ID: "01000000", JOB_COMPLETION_INDEX: "5" };
    const found = captureLaunchers(all, true);
    expect(found.torchrun).toMatchObject({
      rank: 3,
      local_rank: 1,
      world_size: 8,
      run_id: "none",
      group_rank: null,
    });
    expect(found.slurm).toMatchObject({ job_id: "4711", procid: 2, nodelist: "n[1-2]", array_task_id: null });
    expect(found.mpi).toEqual({ variables: "OMPI_COMM_WORLD", rank: 1, size: 2, local_rank: null });
    expect(found.ray).toEqual({ job_id: "01000000" });
    expect(found.kubernetes).toEqual({ job_completion_index: 5 });
  });
});

describe("captureRank", () => {
  test("asks torchrun before MPI before Slurm", () => {
    const mpi = { PMI_RANK: "1", PMI_SIZE: "2", MPI_LOCALRANKID: "1" };
    expect(rankOf(slurm)).toEqual({ rank: 2, world_size: 4, local_rank: 0, launcher: "slurm" });
    expect(rankOf({ ...slurm, ...mpi })).toEqual({ rank: 1, world_size: 2, local_rank: 1, launcher: "mpi" });
    expect(rankOf({ ...slurm, ...mpi, ...torchrun })?.launcher).toBe("torchrun");
  });

  test("takes neither array tasks nor indexed jobs for ranks", () => {
    expect(rankOf({ SLURM_JOB_ID: "1", SLURM_ARRAY_TASK_ID: "7", SLURM_ARRAY_JOB_ID: "1" })).toBeNull();
    expect(rankOf({ JOB_COMPLETION_INDEX: "2" }, true)).toBeNull();
  });

  test.each([
    [{ RANK: "0" }],
    [{ RANK: "first", WORLD_SIZE: "2" }],
    [{ RANK: "2", WORLD_SIZE: "2" }],
    [{ RANK: "-1", WORLD_SIZE: "2" }],
    [{ RANK: "", WORLD_SIZE: "2" }],
    [{ RANK: "99999999999999999999", WORLD_SIZE: "2" }],
  ])("does not believe %j", (variables) => {
    expect(rankOf(variables as Record<string, string>)).toBeNull();
  });
});
