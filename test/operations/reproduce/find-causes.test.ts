import { describe, expect, test } from "@jest/globals";
import type { LoadedRun } from "../../../src/operations/records/load/loaded-run.js";
import { type Circumstances, findCauses } from "../../../src/operations/reproduce/find-causes.js";

const source = {
  parameters: {},
  manifest: { env: { python: "3.12" }, colophon: { machine: { python_hash_seed: null } } },
} as unknown as LoadedRun;

const circumstances: Circumstances = {
  source,
  commands: [{ stage: null, argv: ["python", "train.py"] }],
  environment: [
    { name: "numpy", outcome: "changed", recorded: "1.26.4", now: "2.0.0" },
    { name: "GPUs", outcome: "unknown", recorded: null, now: null },
  ],
  elsewhere: "it ran on node7, which cannot be looked at from here",
  attempts: [],
  agreesWithItself: null,
};

const causes = (more: Partial<Circumstances> = {}) => findCauses({ ...circumstances, ...more });

describe("findCauses", () => {
  test("names no seed, PYTHONHASHSEED, another machine and another package", () => {
    expect(causes()).toEqual([
      "no seed is among the parameters",
      expect.stringMatching(/^PYTHONHASHSEED was not set/),
      expect.stringMatching(/^another machine: it ran on node7/),
      "numpy 1.26.4 → 2.0.0",
    ]);
  });

  test("a seed among words or parameters, a hash seed, and another language are no causes", () => {
    const seeded = { ...source, parameters: { seed: 1 } } as LoadedRun;
    expect(causes({ source: seeded })[0]).toMatch(/^PYTHONHASHSEED/);
    const other = {
      ...source,
      manifest: { env: {}, colophon: { machine: { python_hash_seed: null } } },
    } as unknown as LoadedRun;
    const commands = [{ stage: null, argv: ["Rscript", "fit.R", "--seed", "1"] }];
    expect(causes({ source: other, commands, elsewhere: null, environment: [] })).toEqual([]);
  });

  test("what several attempts say comes first, and decides what is likelier", () => {
    expect(causes({ agreesWithItself: false })[0]).toMatch(/^the script does not agree with itself/);
    expect(causes({ agreesWithItself: true }).slice(0, 2)).toEqual([
      expect.stringMatching(/^the script agrees with itself/),
      expect.stringMatching(/^another machine/),
    ]);
  });
});
