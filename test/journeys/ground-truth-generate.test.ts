import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { stringify } from "yaml";
import { formatDisk, readGroundTruthManifest } from "../../src/index.js";
import { world, worldFile } from "../generators/ground-truth/world.js";
import { expectOutput } from "./matches-schema.js";
import { makeRepository } from "./repository.js";
import { bytesBelow } from "./repository-state.js";

const repository = makeRepository();
afterAll(() => repository.remove());
const at = (...parts: string[]) => join(repository.root, ...parts);
const truth = (words: readonly string[], env?: NodeJS.ProcessEnv) =>
  repository.colophon(["ground-truth", ...words], env && { env });
const generate = (config: string, folder: string, ...more: string[]) =>
  truth(["generate", config, "--output-dir", folder, ...more]);
const told = (...words: string[]) =>
  expectOutput("cli_ground_truth_generate", generate("world.yaml", ...(words as [string]), "--json").stdout);

beforeAll(() => {
  cpSync(fileURLToPath(worldFile), at("world.yaml"));
  repository.write("other.yaml", repository.read("world.yaml").replace("seed: 42", "seed: 43"));
  generate("world.yaml", "out");
});

describe("colophon ground-truth generate (P01-P07)", () => {
  test("writes tables, their digests and the manifest, and nothing of this machine", () => {
    const first = told("written");
    expect(first).toMatchObject({ status: "written", seed: 42, diff: null });
    const names = (first.tables as { name: string }[]).map(({ name }) => `${name}.csv`);
    expect(readdirSync(at("written")).sort()).toEqual([...names, "SHA256SUMS", "manifest.json"].sort());
    const text = readdirSync(at("written"))
      .map((name) => repository.read(`written/${name}`))
      .join("");
    expect(text).not.toContain(repository.root);
    expect(repository.colophon(["validate", "written"]).status).toBe(0);
    expect(truth(["show", "written", "--config", "world.yaml"]).status).toBe(0);
    expect(formatDisk(readGroundTruthManifest(at("written/manifest.json")))).toBe(
      repository.read("written/manifest.json"),
    );
  });

  test("gives the same bytes in another folder, time zone and locale, and from JSON", () => {
    const env = { ...repository.env, TZ: "Pacific/Chatham", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" };
    expect(truth(["generate", "world.yaml", "--output-dir", "deep/er/two"], env).status).toBe(0);
    expect(bytesBelow(at("deep/er/two"))).toEqual(bytesBelow(at("out")));
    const reversed = Object.fromEntries(Object.entries(world).reverse());
    repository.write("world.json", JSON.stringify(reversed));
    expect(generate("world.json", "three").status).toBe(0);
    expect(bytesBelow(at("three"))).toEqual(bytesBelow(at("out")));
  });

  test("changes nothing when run again, shows what would differ, and replaces it when told to", () => {
    cpSync(at("out"), at("again"), { recursive: true });
    const before = bytesBelow(at("again"));
    expect(told("again")).toMatchObject({ status: "unchanged", diff: null });
    const { status, stdout, stderr } = generate("other.yaml", "again");
    expect([status, stdout]).toEqual([1, expect.stringContaining("seed: 42 → 43")]);
    expect(stdout).toContain("fct_engagement.csv changed");
    expect(stdout).not.toContain("dim_subscription.csv");
    expect(stderr).toContain("--accept");
    expect(bytesBelow(at("again"))).toEqual(before);
    const differing = generate("other.yaml", "again", "--json");
    expect(expectOutput("cli_ground_truth_generate", differing.stdout)).toMatchObject({ status: "differs" });
    expect(generate("other.yaml", "again", "--accept").status).toBe(0);
    expect(bytesBelow(at("again"))).not.toEqual(before);
    expect(generate("world.yaml", "again", "--accept").status).toBe(0);
    expect(bytesBelow(at("again"))).toEqual(before);
  });

  test("leaves the manifest out when the configuration says so, and takes away the earlier one (P02)", () => {
    repository.write("bare.yaml", stringify({ ...world, bridges: [], manifest: { include: false } }));
    expect(generate("world.yaml", "bare").status).toBe(0);
    expect(generate("bare.yaml", "bare", "--accept").status).toBe(0);
    const names = readdirSync(at("bare"));
    expect(names).toContain("fct_engagement.csv");
    expect(names.filter((name) => /manifest|^customer_/.test(name))).toEqual([]);
    expect(generate("bare.yaml", "bare").stderr).toContain("is the same already");
  });

  test.each([
    [["generate"], 2, "MISSING_FLAG"],
    [["generate", "world.yaml"], 2, "MISSING_FLAG"],
    [["generate", "world.yaml", "other.yaml", "--output-dir", "x"], 2, "TOO_MANY_WORDS"],
    [["generate", "world.yaml", "--output-dir", "x", "--entity", "a"], 2, "UNKNOWN_FLAG"],
    [["generate", "nowhere.yaml", "--output-dir", "x"], 3, "CONFIG_NOT_FOUND"],
    [["query", "trace", "out", "--entity", "growers_001"], 2, "QUERY_INCOMPLETE"],
  ])("refuses %j", (words, status, code) => {
    const outcome = truth(words);
    expect([outcome.status, outcome.stderr]).toEqual([status, expect.stringContaining(code)]);
    expect(existsSync(at("x"))).toBe(false);
  });

  test("names every fault of a configuration with its pointer, and writes nothing", () => {
    const [first, ...others] = world.metrics;
    const bad = {
      ...world,
      metrics: [{ ...first, low: 2 }, ...others],
      entities: [...world.entities, { name: "growers_001", archetype: "growing" }],
      holdout: { enabled: true, target: "arr", periods: 30 },
    };
    repository.write("bad.json", JSON.stringify(bad));
    const { status, stderr } = generate("bad.json", "x");
    expect([status, stderr]).toEqual([3, expect.stringContaining("BAD_GROUND_TRUTH_CONFIG")]);
    for (const pointer of [
      "/metrics/0/low",
      "/entities/10/name",
      "/entities/10/archetype",
      "/holdout/target",
      "/holdout/periods",
    ])
      expect(stderr).toContain(`${pointer}: `);
    repository.write("worse.json", JSON.stringify({ ...bad, sigma: 1, seed: "42" }));
    const worse = generate("worse.json", "x").stderr;
    expect(worse).toContain("/seed: ");
    expect(worse).toContain("/sigma: ");
    expect(existsSync(at("x"))).toBe(false);
  });
});

describe("what was generated", () => {
  test("says by its status that a clean table or a part is of another table than was written", () => {
    expect(generate("world.yaml", "edited").status).toBe(0);
    const text = repository.read("edited/fct_support.csv");
    repository.write(
      "edited/fct_support.csv",
      text.replace(/\d\n$/, (last) => (last === "1\n" ? "2\n" : "1\n")),
    );
    const part = ["--period-column", "period_index", "--part", "train"];
    for (const words of [["clean"], ["split", ...part]]) {
      const of = (table: string) => truth(["query", ...words, "--table", table, "edited"]);
      expect(of("fct_support")).toMatchObject({ status: 1, stderr: expect.stringContaining("SHA256SUMS") });
      expect(of("fct_engagement").status).toBe(0);
    }
  });

  test("gives back its clean tables to the byte", () => {
    expect(truth(["query", "clean", "--table", "fct_engagement", "out"]).status).toBe(0);
    const manifest = readGroundTruthManifest(at("out/manifest.json"));
    repository.write("clean.yaml", stringify({ ...world, quality: { quality_issues: [] } }));
    expect(generate("clean.yaml", "clean").status).toBe(0);
    const corrupted = [...new Set(manifest.quality_injections?.map(({ table }) => table))];
    expect(corrupted).toHaveLength(4);
    for (const table of corrupted) {
      const { stdout } = truth(["query", "clean", "--table", table, "out"]);
      expect(stdout).toBe(repository.read(`clean/${table}.csv`));
      expect(repository.read(`out/${table}.csv`)).not.toBe(stdout);
    }
  });

  test("does not survive a flipped bit in any of its files", () => {
    const names = readdirSync(at("out"));
    let found = 0;
    for (const name of names) {
      cpSync(at("out"), at("flipped"), { recursive: true });
      const bytes = readFileSync(at("flipped", name));
      const place = Math.floor(bytes.length / 2);
      bytes[place] = (bytes[place] as number) ^ 1;
      writeFileSync(at("flipped", name), bytes);
      const { status, stdout, stderr } = truth(["show", "flipped"]);
      if (status !== 0 && (name === "SHA256SUMS" || (stdout + stderr).includes(name))) found += 1;
      if (name === "manifest.json") expect(generate("world.yaml", "flipped").status).toBe(1);
      rmSync(at("flipped"), { recursive: true });
    }
    expect(found).toBe(names.length);
    console.info(`${found} of ${names.length} files with a flipped bit were named`);
  });

  const trace = (entity: string, period: number, metric: string, folder = "out") => {
    const asked = ["--entity", entity, "--period", String(period), "--metric", metric];
    const { status, stdout } = truth([
      "query",
      "trace",
      "--config",
      "world.yaml",
      ...asked,
      "--json",
      folder,
    ]);
    return { status, answer: expectOutput("cli_ground_truth_query", stdout) as Record<string, never> };
  };
  const step = (answer: Record<string, never>, name: string) =>
    (answer.steps as unknown as { step: string }[]).find((each) => each.step === name);

  test("is traced cell by cell, from the manifest where it was sampled, else made again (P51)", () => {
    const sampled = trace("growers_001", 3, "mrr");
    expect(sampled).toMatchObject({ status: 0, answer: { agrees: true, table: "fct_engagement" } });
    expect(step(sampled.answer, "archetype")).toMatchObject({ value: "growth", source: "manifest" });
    expect(step(sampled.answer, "position")).toMatchObject({ source: "manifest", agrees: true });
    const derived = trace("spikers_002", 3, "satisfaction");
    expect(step(derived.answer, "position")).toMatchObject({ source: "derived" });
    const cells = [];
    for (const { name, table } of world.metrics)
      cells.push({ metric: name, table, ...trace("spikers_001", 20, name) });
    for (const { answer } of cells) {
      const { cell } = answer as unknown as { cell: { found: string; clean: string; issues: number[] } };
      expect(answer.agrees).toBe(true);
      expect(Number(cell.clean)).toBe((step(answer, "realised") as unknown as { value: number }).value);
    }
    // The last tenth of mrr is in cents.
    expect(trace("spikers_002", 20, "mrr").answer).toMatchObject({ cell: { issues: [4] }, agrees: true });
  });

  test("is found to be another cell where somebody changed it", () => {
    cpSync(at("out"), at("edited"), { recursive: true });
    const table = repository.read("edited/fct_support.csv");
    repository.write("edited/fct_support.csv", table.replace(/^(growers_001,3,.*,)[^,]*$/m, "$14.99"));
    const { status, answer } = trace("growers_001", 3, "satisfaction", "edited");
    expect([status, answer.agrees]).toEqual([1, false]);
  });

  test("has whole tapes for those who were not sampled, given its configuration and no other", () => {
    const tape = (config: string) =>
      truth(["query", "tape", "--entity", "spikers_002", "--config", config, "--json", "out"]);
    const derived = expectOutput("cli_ground_truth_query", tape("world.yaml").stdout);
    expect(derived.source).toBe("derived");
    expect(new Set((derived.entries as { source: string }[]).map(({ source }) => source))).toEqual(
      new Set(["derived"]),
    );
    expect([tape("other.yaml").status, tape("other.yaml").stderr]).toEqual([
      3,
      expect.stringContaining("CONFIG_DRIFTED"),
    ]);
    const nowhere = ["query", "trace", "--config", "world.yaml", "--entity", "growers_001", "out"];
    for (const more of [
      ["--metric", "mrr", "--period", "24"],
      ["--metric", "arr", "--period", "0"],
    ])
      expect(truth([...nowhere, ...more])).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("NO_SUCH_CELL"),
      });
  });

  test("can be asked without its labels", () => {
    const words = ["query", "trace", "--config", "world.yaml", "--entity", "growers_001", "--period", "3"];
    const { stdout } = truth([...words, "--metric", "mrr", "--without-labels", "out"]);
    expect(stdout).toContain("position");
    expect(stdout).not.toMatch(/archetype|growth/);
  });

  test("is what a run on it leads to, by digest", () => {
    const words = ["run", "--data", "facts=out/fct_engagement.csv", "--", "true"];
    const producing = ["--synthetic-seed", "42", "--artifact", "truth=out/manifest.json", "--artifact"];
    repository.commit("Data");
    const made = repository.colophon(["run", ...producing, "facts=out/fct_engagement.csv", "--", "true"]);
    expect([made.status, made.stderr]).toEqual([0, expect.stringContaining("seed 42")]);
    const used = repository.colophon(words);
    expect(used.status).toBe(0);
    const [id] = JSON.parse(repository.colophon(["ls", "--json"]).stdout).runs.map(
      (run: { id: string }) => run.id,
    );
    const { status, stdout } = repository.colophon(["trace", "--json", id]);
    const { files } = JSON.parse(truth(["show", "--json", "out"]).stdout);
    const digest = (name: string) => files.find(({ path }: { path: string }) => path === name).sha256;
    expect(status).toBe(0);
    for (const name of ["fct_engagement.csv", "manifest.json"]) expect(stdout).toContain(digest(name));
    expect(expectOutput("cli_trace", stdout).links).toContainEqual(
      expect.objectContaining({
        relation: "described-by",
        to: `content:${digest("manifest.json")}`,
        state: "ok",
      }),
    );
    expect(repository.colophon(["trace", id]).stdout).toMatch(/truth +truth/);
  });
});
