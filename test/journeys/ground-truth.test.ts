import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { buildGroundTruthManifest, formatDisk, writeTables } from "../../src/index.js";
import { formatCsvTable } from "../../src/tables/csv-text.js";
import { cleanFacts, config, corruptedFacts, eventTables, state } from "../kinds/ground-truth/dataset.js";
import { expectOutput } from "./matches-schema.js";
import { makeRepository, type Repository } from "./repository.js";

let repository: Repository;
const manifest = buildGroundTruthManifest(config, state);
const tables = { ...eventTables, fct_engagement: corruptedFacts() };
const at = (path: string) => join(repository.root, path);
const truth = (...words: string[]) => repository.colophon(["ground-truth", ...words]);

beforeAll(() => {
  repository = makeRepository();
  writeTables(tables, config, { directory: at("output"), manifest });
  repository.write("config.json", JSON.stringify(config, null, 4));
});

afterAll(() => rmSync(repository.root, { recursive: true, force: true }));

function asked(...words: string[]) {
  const { status, stdout, stderr } = truth("query", "--json", ...words);
  expect([status, stderr]).toEqual([0, ""]);
  return expectOutput("cli_ground_truth_query", stdout) as Record<string, never>;
}

describe("colophon ground-truth show", () => {
  test("sums up, from the folder as from the manifest, in the folder as outside of it", () => {
    const { status, stdout } = truth("show", "--json", "output");
    expect(status).toBe(0);
    const shown = expectOutput("cli_ground_truth_show", stdout);
    expect(shown).toMatchObject({
      config: "not-given",
      contains_ground_truth: true,
      summary: { seed: 42, entities: 3 },
    });
    expect(JSON.parse(truth("show", "--json", "output/manifest.json").stdout)).toEqual(shown);
    const inside = repository.colophon(["ground-truth", "show"], { directory: "output" });
    expect([inside.status, inside.stdout]).toEqual([
      0,
      expect.stringContaining("8 periods of 2 of 3 entities"),
    ]);
    expect(truth("show", "output", "--without-labels").stdout).not.toContain("growth");
  });

  test("finds another configuration, a changed threshold, and a changed table", () => {
    expect(truth("show", "output", "--config", "config.json").status).toBe(0);
    repository.write("other.json", JSON.stringify({ ...config, seed: 43 }));
    const drifted = truth("show", "output", "--config", "other.json");
    expect([drifted.status, drifted.stdout]).toEqual([
      1,
      expect.stringContaining("differs from the configuration"),
    ]);
    expect(truth("show", "output", "--threshold", "3").stdout).toContain("50 then, 3 now: vectorized");
    writeTables(tables, config, { directory: at("flipped"), manifest });
    const bytes = readFileSync(at("flipped/evt_login.csv"));
    bytes[20] = (bytes[20] as number) ^ 1;
    writeFileSync(at("flipped/evt_login.csv"), bytes);
    rmSync(at("flipped/fct_engagement.csv"));
    const { status, stdout } = truth("show", "--json", "flipped");
    expect(status).toBe(1);
    expect(expectOutput("cli_ground_truth_show", stdout)).toMatchObject({
      files: [
        { path: "evt_login.csv", state: "differs" },
        { path: "fct_engagement.csv", state: "missing" },
        { path: "manifest.json", state: "ok" },
      ],
    });
  });
});

describe("colophon ground-truth query", () => {
  test("answers each question with what its schema says", () => {
    expect(asked("labels", "output").entries).toHaveLength(3);
    expect(asked("tape", "--entity", "spikers_003", "output")).toMatchObject({ source: "derived" });
    expect(asked("events", "--table", "evt_login", "output").entries).toHaveLength(3);
    expect(asked("corrupted", "--type", "duplicate_rows", "output").entries).toHaveLength(2);
    expect(asked("undeliverable", "output").entries).toHaveLength(2);
    expect(asked("undeliverable", "--all", "output").entries).toHaveLength(3);
    expect(asked("crossings", "output").entries).toMatchObject([
      { source: "manifest" },
      { source: "derived" },
    ]);
    expect(asked("split", "output")).toMatchObject({ split: { holdout: [6, 8] }, slice: null });
    const part = ["--table", "evt_login", "--period-column", "period_index", "--part", "holdout"];
    expect(asked("split", ...part, "output").slice).toMatchObject({
      rows: [["growers_001", "7"]],
      train_rows: 5,
    });
    expect(asked("clean", "--table", "fct_engagement", "output")).toMatchObject({
      state: "ok",
      restored_cells: 7,
    });
  });

  test("tells people the same", () => {
    expect(truth("query", "labels", "output").stdout).toMatch(/^entity +archetype\ndecliners_002 +decline\n/);
    const tape = truth("query", "tape", "--entity", "spikers_003", "output");
    expect(tape.stdout).toMatch(/ 2 +0\.66 +derived\n/);
    expect(tape.stderr).toContain("was not sampled");
    expect(truth("query", "events", "output").stdout).toContain("evt_ticket  5 6 7\n");
    expect(truth("query", "split", "output").stdout).toMatch(/train +0 +5\nholdout +6 +7\n/);
    expect(truth("query", "undeliverable", "output").stdout).toContain("infeasible");
    expect(truth("query", "crossings", "output").stdout).toContain("fct_engagement.mrr");
    expect(truth("query", "corrupted", "--column", "mrr", "output").stdout).toMatch(
      /type_mismatch.* 5 +520\n/,
    );
  });

  test("recovers the clean table to the byte", () => {
    const { status, stdout, stderr } = truth("query", "clean", "--table", "fct_engagement", "output");
    expect(stdout).toBe(formatCsvTable(cleanFacts, "clean"));
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining("7 cells restored, 2 rows and 1 columns removed"),
    ]);
    const untouched = truth("query", "clean", "--table", "evt_login", "output").stdout;
    expect(untouched).toBe(readFileSync(at("output/evt_login.csv"), "utf8"));
  });

  test("says what could not be recovered, and ends with 1", () => {
    writeTables({ fct_engagement: cleanFacts }, config, { directory: at("short"), manifest });
    const { status, stderr } = truth("query", "clean", "--table", "fct_engagement", "short");
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining("issue 0 not recovered: there is no row 24"),
    ]);
  });

  test.each([
    [["query", "labels", "--entity", "nobody", "output"], 2, "NO_SUCH_ENTITY"],
    [["query", "tape", "output"], 2, "QUERY_INCOMPLETE"],
    [["query", "clean", "output"], 2, "QUERY_INCOMPLETE"],
    [["query", "labels", "--table", "x", "output"], 2, "UNKNOWN_FLAG"],
    [["query", "everything", "output"], 2, "NO_GROUND_TRUTH_VERB"],
    [[], 2, "NO_GROUND_TRUTH_VERB"],
    [["show", "output", "output"], 2, "TOO_MANY_WORDS"],
    [["show", "output", "--threshold", "-1"], 2, "BAD_FLAG_VALUE"],
    [["show", "nowhere"], 3, "FILE_NOT_FOUND"],
    [["show", "output", "--max-bytes", "100"], 3, "TOO_LARGE"],
    [["show", "config.json"], 1, "INVALID_MANIFEST"],
    [["query", "clean", "--table", "nothing", "output"], 3, "FILE_NOT_FOUND"],
    [["query", "clean", "--table", "../config", "output"], 3, "FILE_NOT_FOUND"],
    [["query", "split", "--table", "evt_login", "--period-column", "entity", "output"], 2, "NO_PERIODS"],
    [["query", "events", "--table", "evt_logn", "output"], 2, "there are evt_login, evt_ticket"],
    [["query", "events", "--table", "fct_engagement", "output"], 2, "NO_SUCH_TABLE"],
    [["query", "corrupted", "--table", "fct_engagment", "output"], 2, "NO_SUCH_TABLE"],
    [["query", "corrupted", "--table", "../config", "output"], 2, "evt_ticket, fct_engagement"],
    [["query", "corrupted", "--column", "mr", "output"], 2, "NO_SUCH_COLUMN"],
    [["query", "corrupted", "--table", "evt_login", "--column", "mrr", "output"], 2, "entity, period_index"],
    [["query", "clean", "--table", "nothing", "output"], 3, "evt_login, fct_engagement"],
  ])("refuses %j", (words, status, code) => {
    const outcome = truth(...words);
    expect([outcome.status, outcome.stderr]).toEqual([status, expect.stringContaining(code)]);
    expect(outcome.stdout).toBe("");
  });

  test.each([
    ["a table that nothing befell", "--table", "evt_login"],
    ["a column that nothing befell", "--table", "fct_engagement", "--column", "entity"],
    ["a column of some table that nothing befell", "--column", "period_index"],
    ["what stands for whole rows", "--table", "evt_login", "--column", "_rows"],
    ["a dimension whose file is not here", "--table", "dim_customer"],
  ])("answers with nothing about %s", (_, ...words) => {
    const { status, stdout, stderr } = truth("query", "corrupted", ...words, "output");
    expect([status, stdout, stderr]).toEqual([0, "", expect.stringContaining("nothing of the kind")]);
  });

  test("follows no link out of the folder of the tables", () => {
    repository.write("elsewhere.csv", "a\n1\n");
    symlinkSync("../elsewhere.csv", at("output/link.csv"));
    const { status, stderr } = truth("query", "clean", "--table", "link", "output");
    rmSync(at("output/link.csv"));
    expect([status, stderr]).toEqual([3, expect.stringContaining("PATH_ESCAPES")]);
  });

  test("leaves the folder as it was", () => {
    expect(readdirSync(at("output")).sort()).toEqual([
      "SHA256SUMS",
      "evt_login.csv",
      "fct_engagement.csv",
      "manifest.json",
    ]);
  });
});

describe("colophon validate", () => {
  test("knows ground truth by its content, and holds it to its rules", () => {
    const { files } = expectOutput(
      "cli_validate",
      repository.colophon(["validate", "--json", "output"]).stdout,
    );
    expect(files).toMatchObject([{ path: "output/manifest.json", kind: "ground-truth", valid: true }]);
  });

  test("reads one of more than 8 MiB, and no other document of that size", () => {
    const entities = Array.from({ length: 3000 }, (_, index) => ({
      name: `entity_${index}`,
      archetype: "growth",
    }));
    const positions = Array.from({ length: 40 }, (_, period) => period / 40);
    const trajectories = Object.fromEntries(entities.map(({ name }) => [name, positions]));
    const large = buildGroundTruthManifest({ seed: 1, entities }, { trajectories });
    repository.write("large/manifest.json", formatDisk(large));
    const { files } = expectOutput(
      "cli_validate",
      repository.colophon(["validate", "--json", "large"]).stdout,
    );
    expect(files).toMatchObject([{ kind: "ground-truth", valid: true, findings: [] }]);
    const capped = repository.colophon(["validate", "--json", "--max-bytes", "1000", "large"]);
    expect(expectOutput("cli_validate", capped.stdout).files).toMatchObject([
      { findings: [{ code: "TOO_LARGE" }] },
    ]);
    expect(truth("show", "large").stdout).toContain("40 periods of every entity");
  });
});

describe("colophon trace", () => {
  test("leads from ground truth and tables to the run that generated them, by digest", () => {
    repository.git("add", "output");
    repository.git("commit", "--quiet", "--message=Data");
    const words = ["--synthetic-seed", "42", "--artifact", "truth=output/manifest.json", "--artifact"];
    const run = repository.colophon(["run", ...words, "facts=output/fct_engagement.csv", "--", "true"]);
    expect([run.status, run.stderr]).toEqual([0, expect.stringContaining("seed 42")]);
    for (const file of ["manifest.json", "fct_engagement.csv"]) {
      const { status, stdout } = repository.colophon(["trace", "--json", `output/${file}`]);
      const { sha256 } = JSON.parse(truth("show", "--json", "output").stdout).files.find(
        ({ path }: { path: string }) => path === file,
      );
      expect([status, stdout]).toEqual([0, expect.stringContaining(sha256)]);
      expect(stdout).toMatch(/"synthetic"|"seed": 42|seed 42/);
    }
  });
});
