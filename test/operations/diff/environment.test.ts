import { describe, expect, test } from "@jest/globals";
import { diffEnvironment } from "../../../src/operations/diff/environment.js";
import { gathered, madeRun } from "./compared-run.js";

const packages = (list: object[], language = "python") =>
  gathered({ packages: { python: null, node: null, [language]: { sha256: "", list } } });

function differingFacts(a: Parameters<typeof madeRun>[0], b: Parameters<typeof madeRun>[0]): string[] {
  return diffEnvironment(madeRun(a), madeRun(b))
    .facts.filter(({ outcome }) => outcome !== "same")
    .map(({ name, outcome, a, b }) => `${name} ${outcome} ${a} ${b}`);
}

describe("diffEnvironment", () => {
  test("compares runtimes, processor, GPUs, settings and lock files", () => {
    const gpu = (...names: string[]) => ({ devices: names.map((name) => ({ name })), driver_version: "550" });
    expect(
      differingFacts(
        {
          manifest: { env: { platform: "Linux", python: "3.12.4" } },
          machine: { gpu: gpu("H100", "H100"), variables: { OMP_NUM_THREADS: "4" } },
          environment: gathered({ lock_files: [{ path: "uv.lock", sha256: "aa" }], cuda_version: "12.4" }),
        },
        {
          manifest: { env: { platform: "Linux", node: "20.1.0", python: "3.12.7" } },
          machine: { cpu: { model: "Xeon", available_cores: 8 }, gpu: gpu("A100"), variables: {} },
          environment: gathered({ lock_files: [{ path: "uv.lock", sha256: "bb" }], cuda_version: "12.4" }),
        },
      ),
    ).toEqual([
      "node only_b null 20.1.0",
      "python changed 3.12.4 3.12.7",
      "cpu changed EPYC Xeon",
      "gpus changed 2 × H100 1 × A100",
      "variable OMP_NUM_THREADS only_a 4 null",
      "lock file uv.lock changed aa bb",
    ]);
  });

  test("names of machines, accounts, jobs and folders are no difference", () => {
    const machine = (host: string, job: string) => ({
      hostname: host,
      user: host,
      variables: {
        SLURM_JOB_ID: job,
        MASTER_ADDR: host,
        RANK: job,
        LOCAL_RANK: job,
        VIRTUAL_ENV: `/${host}`,
      },
    });
    expect(differingFacts({ machine: machine("one", "1") }, { machine: machine("two", "2") })).toEqual([]);
  });

  test("packages are added, removed and of other versions, and the equal ones are counted", () => {
    const a = madeRun({
      environment: packages([
        { name: "numpy", version: "2.0" },
        { name: "torch", version: "2.5", direct_url: "git+https://x@1" },
        { name: "old", version: "1" },
      ]),
    });
    const b = madeRun({
      environment: packages([
        { name: "numpy", version: "2.0" },
        { name: "torch", version: "2.5", direct_url: "git+https://x@2" },
        { name: "new", version: null },
      ]),
    });
    const { outcome, packages: found } = diffEnvironment(a, b);
    expect(outcome).toBe("changed");
    expect(found.python).toMatchObject({
      equal: 1,
      differing: [
        { name: "new", outcome: "only_b", b: "no version" },
        { name: "old", outcome: "only_a" },
        { name: "torch", a: "2.5 @ git+https://x@1", b: "2.5 @ git+https://x@2" },
      ],
    });
  });

  test("packages that were not gathered are unknown, and those of no interpreter are none", () => {
    const lost = madeRun({
      environment: gathered({ not_gathered: [{ what: "python packages", reason: "" }] }),
    });
    expect(diffEnvironment(lost, madeRun()).packages).toMatchObject({
      python: { outcome: "unknown", reason: "not gathered" },
      node: { outcome: "same", equal: 0 },
    });
    expect(diffEnvironment(madeRun({ environment: null }), madeRun())).toMatchObject({ outcome: "unknown" });
  });

  test("a run of another tool says which versions it used", () => {
    const meridian = (meridian_version: string) =>
      madeRun({
        example: "run-of-the-origin-project",
        manifest: null,
        environment: null,
        run: { meridian_version },
      });
    const [a, b] = [meridian("1.5.3"), meridian("1.6.0")];
    const { outcome, facts } = diffEnvironment(a, b);
    expect(outcome).toBe("changed");
    expect(facts).toMatchObject([
      { name: "meridian_tools_version", outcome: "same" },
      { name: "meridian_version", outcome: "changed", a: "1.5.3", b: "1.6.0" },
      { name: "machine", outcome: "unknown", reason: "not recorded" },
      { name: "GPUs and lock files", outcome: "unknown" },
    ]);
  });
});
