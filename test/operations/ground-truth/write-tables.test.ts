import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { buildGroundTruthManifest, readGroundTruthManifest, writeTables } from "../../../src/index.js";
import { config, corruptedFacts, eventTables, state } from "../../kinds/ground-truth/dataset.js";

const scratch = mkdtempSync(join(tmpdir(), "colophon-tables-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let count = 0;
const newFolder = () => join(scratch, `deep/${++count}`);

const tables = { ...eventTables, fct_engagement: corruptedFacts() };
const firings = { columns: ["entity"], rows: [] };
const manifest = buildGroundTruthManifest(config, state);
const filesIn = (folder: string) => readdirSync(folder).sort();
const refused = (code: string) => expect.objectContaining({ code });

describe("writeTables (P01-P06, C11, C28, C29)", () => {
  test("writes the tables, their digests, and the manifest beside them", () => {
    const directory = newFolder();
    const { files, unchanged } = writeTables(tables, config, { directory, manifest });
    expect(filesIn(directory)).toEqual([
      "SHA256SUMS",
      "evt_login.csv",
      "fct_engagement.csv",
      "manifest.json",
    ]);
    expect(files.map(({ path }) => path)).toEqual(["evt_login.csv", "fct_engagement.csv", "manifest.json"]);
    expect(unchanged).toBe(false);
    expect(readGroundTruthManifest(join(directory, "manifest.json"))).toEqual(manifest);
    expect(execFileSync("sha256sum", ["-c", "SHA256SUMS"], { cwd: directory, encoding: "utf8" })).toMatch(
      /^(.+: OK\n){3}$/,
    );
  });

  test.each([
    ["it is not given", config, undefined],
    ["it is given as null", config, null],
    [
      "config.manifest.include is false",
      { ...config, manifest: { ...config.manifest, include: false } },
      manifest,
    ],
  ])("writes no manifest when %s (P02)", (_name, given, document) => {
    const directory = newFolder();
    writeTables(tables, given, { directory, manifest: document });
    expect(filesIn(directory)).toEqual(["SHA256SUMS", "evt_login.csv", "fct_engagement.csv"]);
  });

  test("writes the manifest by default when the configuration does not speak of it", () => {
    const { manifest: _, ...plain } = config;
    const directory = newFolder();
    writeTables(tables, plain, { directory, manifest: buildGroundTruthManifest(plain, state) });
    expect(existsSync(join(directory, "manifest.json"))).toBe(true);
  });

  test("changes nothing the second time, and gives the same bytes elsewhere", () => {
    const [directory, other] = [newFolder(), newFolder()];
    writeTables(tables, config, { directory, manifest });
    const before = execFileSync("ls", ["-li", "--time-style=full-iso"], { cwd: directory, encoding: "utf8" });
    expect(writeTables(tables, config, { directory, manifest }).unchanged).toBe(true);
    expect(execFileSync("ls", ["-li", "--time-style=full-iso"], { cwd: directory, encoding: "utf8" })).toBe(
      before,
    );
    writeTables(tables, config, { directory: other, manifest });
    execFileSync("diff", ["-r", directory, other]);
  });

  test("refuses other content, names it, and writes nothing until it is accepted", () => {
    const directory = newFolder();
    writeTables(tables, config, { directory, manifest });
    const reseeded = { ...config, seed: 43 };
    const other = { directory, manifest: buildGroundTruthManifest(reseeded, state) };
    const fewer = { fct_engagement: tables.fct_engagement };
    const before = filesIn(directory).map((name) => readFileSync(join(directory, name), "utf8"));
    expect(() => writeTables(fewer, reseeded, other)).toThrow(
      expect.objectContaining({
        code: "OUTPUT_DIFFERS",
        message: expect.stringMatching(/: SHA256SUMS, evt_login\.csv, manifest\.json$/),
      }),
    );
    expect(filesIn(directory).map((name) => readFileSync(join(directory, name), "utf8"))).toEqual(before);
    writeTables(fewer, reseeded, { ...other, accept: true });
    expect(filesIn(directory)).toEqual(["SHA256SUMS", "fct_engagement.csv", "manifest.json"]);
    expect(readGroundTruthManifest(join(directory, "manifest.json")).seed).toBe(43);
  });

  test("leaves what is not its own, whatever the sums claim", () => {
    const directory = newFolder();
    writeTables(tables, config, { directory, manifest });
    const digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    writeFileSync(join(scratch, "victim.csv"), "");
    writeFileSync(join(directory, "notes.csv"), "mine");
    const sums = readFileSync(join(directory, "SHA256SUMS"), "utf8");
    writeFileSync(
      join(directory, "SHA256SUMS"),
      `${sums}${digest}  ../../victim.csv\n${digest}  ../victim.csv\n${digest}  notes.csv\n`,
    );
    writeTables(tables, config, { directory, manifest, accept: true });
    expect(existsSync(join(scratch, "victim.csv"))).toBe(true);
    expect(readFileSync(join(directory, "notes.csv"), "utf8")).toBe("mine");
  });

  test("refuses a manifest of another configuration, an invalid one, and tables without a file's name", () => {
    const directory = newFolder();
    const drifted = { ...config, seed: 43 };
    expect(() => writeTables(tables, drifted, { directory, manifest })).toThrow(refused("BAD_ARGUMENT"));
    const invalid = { ...manifest, holdout: { ...manifest.holdout, cutoff_period_index: 1 } };
    expect(() => writeTables(tables, config, { directory, manifest: invalid })).toThrow(
      refused("INVALID_MANIFEST"),
    );
    for (const name of ["../up", "a/b", "", ".hidden", "a\nb", "x".repeat(201)])
      expect(() => writeTables({ [name]: firings }, config, { directory })).toThrow(refused("BAD_TABLE"));
    expect(existsSync(directory)).toBe(false);
  });
});
