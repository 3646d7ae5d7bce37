import { describe, expect, test } from "@jest/globals";
import { type PlotRequest, plotRuns, type VisitBlocks } from "../../../src/operations/plot/plot-runs.js";
import type { QueriedRun } from "../../../src/query/queried-run.js";

const run = (id: string, params: QueriedRun["params"], name = "train.py"): QueriedRun => ({
  ...{ id, name, params, folder: id, status: "completed", pipeline: "command" },
  ...{ started: 0, finished: 1, elapsed: 1, version: 3 },
  ...{ metrics: {}, tags: [], git: {}, env: {}, data: { seed: 1 } },
});
const request: PlotRequest = { metric: "loss", x: "step", smoothing: 0, isLog: false, group: "seed" };

/** Every run has these values, one a step. */
const over =
  (values: readonly number[], moments: readonly number[] = values.map((_, at) => at)): VisitBlocks =>
  async (_folder, _asked, begin) => {
    const block = { moments: Float64Array.from(moments), values: Float64Array.from(values) };
    begin()({ metric: "loss", rank: null, ...block });
    return ["loss"];
  };
const namesOf = async (...runs: readonly QueriedRun[]) =>
  (await plotRuns(runs, request, over([1, 2]))).lines.map(({ name }) => name);

describe("plotRuns, in groups", () => {
  test("names each by what tells it from most others, and not by what it has not", async () => {
    const reported = { amp: true, model: { depth: 2 } };
    expect(
      await namesOf(
        run("a", { lr: 0.1, seed: 1, ...reported }),
        run("b", { lr: 0.1, seed: 2, ...reported }),
        run("c", { lr: 0.2, seed: 1, ...reported }),
        run("d", { lr: 0.3 }),
        run("e", {}),
      ),
    ).toEqual([
      'lr 0.1 amp true model {"depth":2}',
      'lr 0.2 amp true model {"depth":2}',
      "lr 0.3",
      "train.py",
    ]);
  });

  test("says which name no run has, as a parameter or a word of its command", async () => {
    const runs = [run("a", { lr: 0.1, argv: ["train", "--fold=2"] }), run("b", { "batch size": 3 })];
    const grouped = async (group: string) => (await plotRuns(runs, { ...request, group }, over([1]))).note;
    expect(await grouped('lr,fold,"batch size"')).toBe("mean ± sample σ");
    expect(await grouped("rl,toString")).toBe("mean ± sample σ, no run has rl, no run has toString");
  });

  test("names those of several programs by these where nothing else tells them apart", async () => {
    expect(
      await namesOf(run("a", { lr: 0.1 }), run("b", { lr: 0.1 }, "eval.py"), run("c", { lr: 0.2 })),
    ).toEqual(["train.py lr 0.1", "eval.py lr 0.1", "lr 0.2"]);
  });
});

describe("plotRuns", () => {
  const alone = { ...request, group: undefined };
  const noteOf = async (values: readonly number[], more: Partial<PlotRequest>, moments?: readonly number[]) =>
    (await plotRuns([run("a", {}), run("b", {})], { ...alone, ...more }, over(values, moments))).note;

  test("says how many values are not in the picture as a place", async () => {
    const values = [1, Number.NaN, Number.POSITIVE_INFINITY, 0, -1];
    expect(await noteOf(values, {})).toBe("4 values NaN or infinite");
    expect(await noteOf(values, { isLog: true, smoothing: 0.5 })).toBe(
      "smoothed, weight 0.5, 4 values NaN or infinite, 4 values not above 0",
    );
    expect(await noteOf([1, 2], { x: "time" }, [5, Number.NaN])).toBe("2 points without a time");
    expect(await noteOf([1, 2], {})).toBe(null);
  });

  test("says that there are no runs, where there are none", async () => {
    const message = "no run matches the query, so that there is nothing to draw";
    for (const metric of ["loss", undefined])
      await expect(plotRuns([], { ...alone, metric }, over([1]))).rejects.toMatchObject({
        code: "NO_POINTS",
        message,
      });
  });

  test("says that points have no time, where none has", async () => {
    await expect(noteOf([1, 2], { x: "time" }, [Number.NaN, Number.NaN])).rejects.toMatchObject({
      code: "NO_POINTS",
      message: "no point of loss has a time to be drawn over",
    });
  });
});
