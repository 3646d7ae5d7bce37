import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type FigureSpec,
  figurePipeline,
  readFigureIndex,
  readFigureManifest,
  recordFigure,
} from "../src/index.js";
import { makeFigureProject, specOf } from "./journeys/figure-project.js";
import type { Repository } from "./journeys/repository.js";

let project: Repository;
beforeAll(() => {
  project = makeFigureProject();
});
afterAll(() => project.remove());

describe("recordFigure", () => {
  test("takes what a pipeline left in memory, and its transforms", async () => {
    const { payload: _, transforms: __, renderings: ___, invariance, ...rest } = specOf(project, "stacked");
    const spec = { ...rest, invariance: { column: "kg", field: "kg" } } as unknown as FigureSpec;
    expect(invariance).toBeDefined();
    const annual = await figurePipeline([
      { name: "Coffee", g: 209, days: 365 },
      { name: "Subway", g: 31.2, days: 365 },
    ]).step("derive.annualize", "1.1.0", { grams: 1000 }, (rows, { grams }) =>
      rows.map(({ name, g, days }) => ({ name, kg: (g * days) / grams })),
    );
    const pipeline = await annual.step("slice.stacked", "1.0.0", {}, (rows) => ({
      data: rows.map((row) => ({ ...row, source_ids: ["SRC.FOOD.2022"] })),
    }));
    const recorded = await recordFigure(spec, { directory: project.root, pipeline, before: annual.slice });
    expect(recorded.state).toBe("written");
    const manifest = readFigureManifest(join(project.root, recorded.manifestPath));
    expect(manifest.transforms).toEqual(pipeline.transforms);
    expect(manifest.transforms.at(-1)?.sha256_after).toBe(manifest.outputs.figure_sha256);
    expect(manifest.outputs.numeric_invariance).toMatchObject({ passed: true, tolerance_pct: 0.01 });
    const index = readFigureIndex(join(project.root, "dist/artifacts/manifest.json"));
    expect(index.figures.map(({ id }) => id)).toEqual([recorded.id]);
    const again = await recordFigure(spec, { directory: project.root, pipeline, before: annual.slice });
    expect([again.state, again.written]).toEqual(["unchanged", []]);
    const other = { data: [{ kg: Number.NaN }] };
    await expect(recordFigure(spec, { directory: project.root, payload: other })).rejects.toMatchObject({
      code: "NOT_JSON",
    });
    rmSync(join(project.root, "dist"), { recursive: true });
  });
});
