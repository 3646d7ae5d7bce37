import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { sha256 } from "../../src/manifest/digest.js";
import {
  buildSlices,
  filesBelow,
  makeFigureProject,
  record,
  type Spec,
  specOf,
  specs,
} from "./figure-project.js";
import { expectOutput } from "./matches-schema.js";
import type { Repository } from "./repository.js";

let project: Repository;

beforeAll(() => {
  project = makeFigureProject();
});
beforeEach(() => {
  rmSync(join(project.root, "dist"), { recursive: true, force: true });
});
afterAll(() => project.remove());

const artifacts = () => filesBelow(project.root, "dist/artifacts");
const rowsOf = (name: string) =>
  JSON.parse(project.read(`build/${name}.json`)).data as Record<string, unknown>[];

describe("colophon figure record", () => {
  test("makes four figures with their manifests and, at last, the index (A05, A17–A20, A29)", () => {
    const outcome = project.colophon(["figure", "record", ...specs, "--json"]);
    expect([outcome.status, outcome.stderr]).toEqual([0, ""]);
    const { figures } = expectOutput("cli_figure_record", outcome.stdout) as {
      figures: { id: string; state: string; figure_path: string; figure_sha256: string }[];
    };
    expect(figures.map(({ state }) => state)).toEqual(["written", "written", "written", "written"]);
    const files = artifacts();
    expect(Object.keys(files)).toHaveLength(17);
    for (const { id, figure_path, figure_sha256 } of figures) {
      const payload = files[figure_path] as string;
      expect(`sha256:${sha256(Buffer.from(payload, "latin1"))}`).toBe(figure_sha256);
      expect(id.split(".")[1]).toBe(figure_sha256.slice(7, 15));
      expect(payload).not.toMatch(/\s":|\n/);
    }
    expect(project.colophon(["validate", "dist"]).status).toBe(0);
    const index = JSON.parse(files["dist/artifacts/manifest.json"] as string);
    expect(index.figures.map(({ id }: { id: string }) => id)).toEqual(figures.map(({ id }) => id).sort());
  });

  test("finds tables, rows, references, sums and hashes out itself (A09, A10, A21, A22, A25, A28, A51)", () => {
    record(project, specOf(project, "stacked"));
    const path = Object.keys(artifacts()).find((each) => each.endsWith(".manifest.json")) as string;
    const manifest = JSON.parse(project.read(path));
    expect(manifest.inputs.rows).toEqual({
      activities: 5,
      activity_schedule: 8,
      emission_factors: 5,
      profiles: 2,
      sources: 5,
    });
    expect(manifest.inputs.tables[0]).toEqual({
      path: "data/activities.csv",
      sha256: `sha256:${sha256(project.read("data/activities.csv"))}`,
      row_count: 5,
    });
    // In the order of the drawn rows; SRC.HEAT.2021 is in the table of sources, and nothing cites it.
    expect(manifest.references.order).toEqual([
      "SRC.TRANSIT.2024",
      "SRC.FOOD.2022",
      "SRC.GRID.2025",
      "SRC.ROAD.2023",
    ]);
    expect(project.read(manifest.outputs.download_refs).split("\n")[1]).toBe(
      '[2] A. Baker and B. Cook, "Footprints of daily meals," Example Press, 2022.',
    );
    const [first, second] = manifest.transforms;
    expect(first.sha256_before).toBe(`sha256:${sha256(project.read("build/joined.csv"))}`);
    expect(first.sha256_after).toBe(second.sha256_before);
    expect(second.sha256_after).toBe(manifest.outputs.figure_sha256);
    expect(manifest.outputs.numeric_invariance.pre_agg_sum).toBeCloseTo(3798.666325, 9);
    expect(manifest.colophon.recording.renderings[0]).toMatchObject({
      path: "build/stacked.svg",
      media_type: "image/svg+xml",
      sha256: `sha256:${sha256(project.read("build/stacked.svg"))}`,
    });
    expect(project.read(manifest.outputs.download_csv).split("\n").slice(0, 2)).toEqual([
      "kg,series,source_ids,stack",
      "209.5392,Subway,SRC.TRANSIT.2024,PRO.CITY",
    ]);
  });

  test("gives the same bytes twice, in another folder, time zone and locale (A24)", () => {
    const pinned = { SOURCE_DATE_EPOCH: "1764000000" };
    const words = ["figure", "record", ...specs];
    expect(project.colophon(words, { env: pinned }).status).toBe(0);
    const once = artifacts();
    const again = project.colophon(words);
    expect(again.stderr.match(/ unchanged /g)).toHaveLength(4);
    expect(artifacts()).toEqual(once);

    const elsewhere = `${project.root}.elsewhere/deep`;
    mkdirSync(elsewhere, { recursive: true });
    const env = { ...pinned, TZ: "Pacific/Kiritimati", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" };
    project.git("clone", "--quiet", project.root, elsewhere);
    const other: Repository = {
      ...project,
      call: (program, given, call) =>
        project.call(program, given, { ...call, directory: "../repository.elsewhere/deep" }),
    };
    buildSlices(other, env);
    const outcome = project.colophon(words, { directory: "../repository.elsewhere/deep", env });
    expect([outcome.status, outcome.stderr]).toEqual([0, expect.stringContaining("written")]);
    expect(filesBelow(elsewhere, "dist/artifacts")).toEqual(once);
  });

  test("never writes over other output, shows the difference, and takes its place when told to", () => {
    record(project, specOf(project, "table"));
    const before = artifacts();
    const payload = project.read("build/table.json");
    project.write("build/table.json", payload.replace('"kg_CO2e_year"', '"kilograms"'));
    const refused = record(project, specOf(project, "table"));
    expect([refused.status, refused.stderr]).toEqual([3, expect.stringContaining("OUTPUT_DIFFERS")]);
    expect(refused.stderr).toContain('/unit: "kg_CO2e_year" → "kilograms"');
    expect(artifacts()).toEqual(before);
    const accepted = record(project, specOf(project, "table"), "--accept");
    expect([accepted.status, accepted.stderr]).toEqual([0, expect.stringContaining("replaced")]);
    const after = Object.keys(artifacts());
    expect(after).toHaveLength(5);
    expect(after.filter((path) => path in before)).toEqual(["dist/artifacts/manifest.json"]);
    project.write("build/table.json", payload);
  });

  test("a file of a figure that was edited is not written over either", () => {
    record(project, specOf(project, "table"));
    const refs = Object.keys(artifacts()).find((path) => path.endsWith(".txt")) as string;
    project.write(refs, `${project.read(refs)}[9] Nobody\n`);
    const refused = record(project, specOf(project, "table"));
    expect(refused.stderr).toMatch(/OUTPUT_DIFFERS[\s\S]*table_refs[\s\S]*\[9\] Nobody/);
    expect(record(project, specOf(project, "table"), "--accept").status).toBe(0);
    expect(project.read(refs)).not.toContain("Nobody");
  });

  test("two payloads whose digests begin alike do not share an id", () => {
    const drawn = (n: number) => ({ data: [{ kg: 3798.666325, n }] });
    const known = new Map<string, number>();
    let pair: [number, number] | undefined;
    for (let n = 0; pair === undefined; n += 1) {
      const sha8 = sha256(JSON.stringify({ data: [{ kg: 3798.666325, n }] })).slice(0, 8);
      const other = known.get(sha8);
      if (other !== undefined) pair = [other, n];
      known.set(sha8, n);
    }
    const { sources_table: _, renderings: __, ...rest } = specOf(project, "stacked");
    const spec = { ...rest, name: "pair", sources: [], payload: "build/pair.json" };
    project.write("build/pair.json", JSON.stringify(drawn(pair[0])));
    expect(record(project, spec).status).toBe(0);
    project.write("build/pair.json", JSON.stringify(drawn(pair[1])));
    const refused = record(project, spec, "--accept");
    expect([refused.status, refused.stderr]).toEqual([3, expect.stringContaining("ID_COLLIDES")]);
  });

  test("says so when Git ignores the artifacts root, with lines that mend it", () => {
    project.write(".gitignore", "build/\ndist/\n");
    const { stderr } = record(project, specOf(project, "table"));
    expect(stderr).toContain("Git ignores dist/artifacts");
    const lines = [...stderr.matchAll(/^┃ {5}(\S.*)$/gm)].map(([, line]) => line as string);
    expect(lines).toEqual(["!/dist/", "/dist/*", "!/dist/artifacts/"]);
    project.write(".gitignore", `build/\ndist/\n${lines.join("\n")}\n`);
    project.write("dist/other.txt", "");
    expect(record(project, specOf(project, "table")).stderr).not.toContain("ignores");
    const seen = project.git("status", "--short", "--untracked-files=all");
    expect(seen).toContain("dist/artifacts/manifest.json");
    expect(seen).not.toContain("dist/other.txt");
    project.write(".gitignore", "build/\n");
  });

  test("a type and a dataset of the project's own are stated under the extension key (colophon.json)", () => {
    project.write(
      "colophon.json",
      JSON.stringify({ figures: { types: { line: "table" }, dataset: ["cohort"] } }),
    );
    const spec = { ...specOf(project, "table"), type: "line" };
    const asked = record(project, spec);
    expect([asked.status, asked.stderr]).toEqual([3, expect.stringContaining("DATASET_INCOMPLETE")]);
    const recorded = record(project, { ...spec, dataset: { reference_year: 2025, cohort: "A" } });
    expect([recorded.status, recorded.stderr]).toEqual([0, expect.any(String)]);
    const path = Object.keys(artifacts()).find((each) => each.endsWith(".manifest.json")) as string;
    const { figure, dataset, colophon } = JSON.parse(project.read(path));
    expect([figure.type, colophon.recording.type]).toEqual(["table", "line"]);
    expect(dataset).toEqual({
      reference_year: 2025,
      gwp_horizon: "not applicable",
      region_policy: "not applicable",
      scope_policy: "not applicable",
    });
    expect(colophon.recording.dataset).toEqual({ cohort: "A" });
    project.write("colophon.json", JSON.stringify({}));
  });

  test("a column may have the name of what every object inherits", () => {
    const [first, ...others] = rowsOf("stacked");
    project.write("build/named.json", JSON.stringify({ data: [{ ...first, constructor: "c" }, ...others] }));
    record(project, { ...specOf(project, "stacked"), payload: "build/named.json" });
    const path = Object.keys(artifacts()).find((each) => each.endsWith(".csv")) as string;
    expect(project.read(path).split("\n").slice(0, 3)).toEqual([
      expect.stringMatching(/^constructor,/),
      expect.stringMatching(/^c,/),
      expect.stringMatching(/^,/),
    ]);
  });

  test("an input table that a run made makes the figure a descendant of that run", () => {
    const words = ["run", "--synthetic-seed", "1", "--artifact", "schedule=copy.csv", "--", "cp"];
    project.colophon([...words, "data/activity_schedule.csv", "copy.csv"]);
    record(project, specOf(project, "table"));
    const path = Object.keys(artifacts()).find((each) => each.endsWith(".manifest.json")) as string;
    expect(JSON.parse(project.read(path)).colophon.recording.runs).toEqual([
      {
        table: "activity_schedule",
        experiment_id: expect.stringMatching(/^\d{8}T/),
        artifact: "schedule",
        sha256: `sha256:${sha256(project.read("data/activity_schedule.csv"))}`,
      },
    ]);
    rmSync(join(project.root, "records"), { recursive: true });
  });
});

describe("colophon figure record, bad input: refused with its code, and nothing is written", () => {
  const drawn = (change: (row: Record<string, unknown>) => object, more: object = {}) => {
    const data = rowsOf("stacked").map((row, index) => (index === 0 ? change(row) : row));
    return JSON.stringify({ ...more, data });
  };
  const changed = (change: (spec: Spec) => void) => () => {
    const spec = specOf(project, "stacked");
    change(spec);
    return spec;
  };
  const withPayload = (text: () => string) => () => {
    project.write("build/other.json", text());
    return { ...specOf(project, "stacked"), payload: "build/other.json" };
  };
  const cases: [string, string, () => object][] = [
    ["BAD_FIGURE_SPEC", "an unknown field", changed((spec) => Object.assign(spec, { mood: 1 }))],
    ["BAD_FIGURE_SPEC", "the name rows", changed((spec) => Object.assign(spec, { name: "rows" }))],
    ["BAD_FIGURE_SPEC", "a name with a slash", changed((spec) => Object.assign(spec, { name: "../x" }))],
    ["BAD_FIGURE_SPEC", "no payload", changed((spec) => delete spec.payload)],
    [
      "BAD_FIGURE_SPEC",
      "a rendering of no kind",
      changed((spec) => Object.assign(spec, { renderings: ["data/sources.csv"] })),
    ],
    [
      "NOT_A_RENDERING",
      "an error page in the place of a PNG",
      changed((spec) => {
        project.write("build/stacked.png", "<!doctype html><title>502</title>");
        Object.assign(spec, { renderings: ["build/stacked.png"] });
      }),
    ],
    ["FIGURE_TYPE_UNKNOWN", "an unknown type", changed((spec) => Object.assign(spec, { type: "feedback" }))],
    [
      "DATASET_INCOMPLETE",
      "a dataset without its horizon",
      changed((spec) =>
        Object.assign(spec, { dataset: { reference_year: 2025, scope_policy: "", region_policy: "" } }),
      ),
    ],
    [
      "DATA_NOT_FOUND",
      "a missing table",
      changed((spec) => Object.assign(spec.tables[0]!, { path: "data/gone.csv" })),
    ],
    [
      "NOT_A_TABLE",
      "a table that is none",
      changed((spec) => Object.assign(spec.tables[0]!, { path: "derive.mjs" })),
    ],
    [
      "HEADER_CHANGED",
      "another header",
      changed((spec) => Object.assign(spec.tables[0]!, { columns: ["id"] })),
    ],
    [
      "PATH_ESCAPES",
      "a table outside",
      changed((spec) => Object.assign(spec.tables[0]!, { path: "../secret.csv" })),
    ],
    [
      "PATH_ESCAPES",
      "an absolute payload",
      changed((spec) => Object.assign(spec, { payload: "/etc/passwd" })),
    ],
    [
      "REFERENCE_UNUSED",
      "a source that no row cites",
      changed((spec) => {
        delete spec.sources_table;
        const ids = ["SRC.TRANSIT.2024", "SRC.FOOD.2022", "SRC.GRID.2025", "SRC.ROAD.2023", "SRC.HEAT.2021"];
        spec.sources = ids.map((source_id) => ({ source_id, citation: "C", url: "" }));
      }),
    ],
    [
      "BAD_FIGURE_SPEC",
      "a source given twice, each time another",
      changed((spec) => {
        delete spec.sources_table;
        const ids = ["SRC.TRANSIT.2024", "SRC.FOOD.2022", "SRC.GRID.2025", "SRC.ROAD.2023", "SRC.FOOD.2022"];
        spec.sources = ids.map((source_id, index) => ({ source_id, citation: `C${index}`, url: "" }));
      }),
    ],
    [
      "BAD_FIGURE_SPEC",
      "a table with a source twice, each time another",
      changed((spec) => {
        const rows = project.read("data/sources.csv");
        project.write("build/sources.csv", `${rows}SRC.FOOD.2022,Another,https://example.org/other\n`);
        spec.sources_table = "build/sources.csv";
      }),
    ],
    [
      "REFERENCE_UNKNOWN",
      "a row that cites nobody's source",
      withPayload(() => drawn((row) => ({ ...row, source_ids: ["SRC.NOBODY"] }))),
    ],
    ["BAD_PAYLOAD", "NaN", withPayload(() => drawn((row) => row).replace(/"kg":[\d.]+/, '"kg":NaN'))],
    ["BAD_PAYLOAD", "rows that are no objects", withPayload(() => '{"data":[1]}')],
    [
      "PAYLOAD_HAS_CLOCK",
      "a clock",
      withPayload(() => drawn((row) => row, { meta: { generated_at: "2026-01-01" } })),
    ],
    ["NO_SUM", "a drawn value that is no number", withPayload(() => drawn((row) => ({ ...row, kg: "12" })))],
    [
      "NO_SUM",
      "a column that is none",
      changed((spec) => Object.assign(spec.invariance as object, { column: "pounds" })),
    ],
    [
      "NO_SUM",
      "a column that stands there twice",
      changed((spec) => {
        project.write("build/twins.csv", "kg,kg\n1,2\n");
        Object.assign(spec.invariance as object, { table: "build/twins.csv", column: "kg" });
      }),
    ],
    [
      "NO_SUM",
      "a column of words",
      changed((spec) => Object.assign(spec.invariance as object, { column: "name" })),
    ],
    [
      "INVARIANCE_FAILED",
      "a row too many",
      withPayload(() => drawn((row) => ({ ...row, kg: (row.kg as number) + 1 }))),
    ],
    ["CHAIN_INCOMPLETE", "a transform without its file", changed((spec) => delete spec.transforms[0]!.after)],
    [
      "CHAIN_BROKEN",
      "a transform that began elsewhere",
      changed((spec) => Object.assign(spec.transforms[1]!, { before: "build/joined.csv" })),
    ],
    [
      "TRACE_KEY_UNKNOWN",
      "a key that is no column",
      changed((spec) => Object.assign(spec, { trace_keys: { emission_factors: ["id"] } })),
    ],
    [
      "TRACE_KEY_UNKNOWN",
      "a key that is two columns",
      changed((spec) => {
        project.write("build/twins.csv", "id,id\n1,2\n");
        Object.assign(spec, {
          tables: [...spec.tables, { path: "build/twins.csv" }],
          trace_keys: { twins: ["id"] },
        });
      }),
    ],
    [
      "TRACE_ROW_MISSING",
      "a row that is not there",
      withPayload(() => drawn((row) => ({ ...row, row_keys: { emission_factors: [["EF.NONE"]] } }))),
    ],
  ];
  test.each(cases)("%s: %s", (code, _what, make) => {
    const { status, stderr } = record(project, make());
    expect([status, stderr]).toEqual([3, expect.stringContaining(`✗ ${code} `)]);
    expect(existsSync(join(project.root, "dist"))).toBe(false);
  });

  test("LINK_IN_PATH: a link among the inputs, or where the figures go, is not followed", () => {
    renameSync(join(project.root, "data/profiles.csv"), join(project.root, "build/profiles.csv"));
    symlinkSync("../build/profiles.csv", join(project.root, "data/profiles.csv"));
    expect(record(project, specOf(project, "stacked")).stderr).toContain("LINK_IN_PATH");
    rmSync(join(project.root, "data/profiles.csv"));
    renameSync(join(project.root, "build/profiles.csv"), join(project.root, "data/profiles.csv"));
    const outside = `${project.root}.outside`;
    mkdirSync(outside);
    symlinkSync(outside, join(project.root, "dist"));
    expect(record(project, specOf(project, "stacked")).stderr).toContain("LINK_IN_PATH");
    expect(Object.keys(filesBelow(outside, "."))).toEqual([]);
    rmSync(join(project.root, "dist"));
  });

  test("NO_FIGURE_VERB and NO_FIGURE_NAMED say what to type", () => {
    expect(project.colophon(["figure"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("NO_FIGURE_VERB"),
    });
    expect(project.colophon(["figure", "record"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("NO_FIGURE_NAMED"),
    });
  });
});
