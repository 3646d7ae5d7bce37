import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "@jest/globals";
import * as colophon from "../src/index.js";
import {
  assertManifest,
  buildManifest,
  external,
  publishManifest,
  readManifest,
  synthetic,
  validateManifest,
  writeManifest,
} from "../src/index.js";
import { gitIdentity } from "./git-identity.js";

const folder = mkdtempSync(join(tmpdir(), "colophon-api-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"))),
  ...gitIdentity,
};
const git = (...words: string[]) => execFileSync("git", words, { cwd: folder, env, encoding: "utf8" }).trim();
git("init", "--quiet", "--initial-branch=main");
writeFileSync(join(folder, "a.txt"), "1");
git("add", ".");
git("commit", "--quiet", "--message=first");

const options = { params: { lr: 0.1 }, dataProvenance: synthetic(42), directory: folder };

describe("a run that has ended (C27, RUN_FROZEN)", () => {
  test("is not written over by any of the calls, except by its own bytes", () => {
    const place = mkdtempSync(join(tmpdir(), "colophon-frozen-"));
    const path = join(place, "run_manifest.json");
    const text = readFileSync(new URL("../spec/examples/valid/run-completed.json", import.meta.url), "utf8");
    const run = JSON.parse(text);
    colophon.publishRunManifest(run, path);
    colophon.publishRunManifest(run, path);
    const frozen = expect.objectContaining({ name: "LifecycleError", code: "RUN_FROZEN" });
    expect(() => colophon.publishRunManifest({ ...run, run_name: "other" }, path)).toThrow(frozen);
    expect(() => colophon.writeRunManifest({ ...run, run_name: "other" }, path)).toThrow(frozen);
    expect(() => colophon.writeManifest({ a: 1 }, path)).toThrow(frozen);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(run);
    rmSync(place, { recursive: true });
  });
});

describe("the exports", () => {
  test("are these, and no others", () => {
    expect(Object.keys(colophon).sort()).toEqual(
      [
        "ColophonError ConfigError FileError FixtureError GitError LifecycleError RefusedError UsageError ValidationError",
        "figurePipeline recordFigure assertFigureManifest readFigureManifest readFigureIndex validateFigureManifest writeFigureManifest publishFigureManifest",
        "assertManifest buildManifest diffRuns verifyRun publishManifest readManifest validateManifest writeManifest",
        "assertRunManifest publishRunManifest readRunManifest validateRunManifest writeRunManifest",
        "artifactOf listRuns loadRun readMetrics startRun",
        "assertGroundTruthManifest buildGroundTruthManifest publishGroundTruthManifest readGroundTruthManifest",
        "validateGroundTruthManifest writeGroundTruthManifest writeTables",
        "generateGroundTruth validateGroundTruthConfig traceMetricCell generateFixture",
        "corruptedRows crossingsOf eventsOf labelsOf pairsByAdjustment recoverTable splitOf splitTable",
        "summarizeGroundTruth tapeOf thresholdDrift undeliverablePairs",
        "assertFixture buildFixture publishFixture readFixture validateFixture writeFixture",
        "loadFixture replayFixture verifyFixture",
        "contentId digestOfBytes digestOfValue external formatCanonical formatDisk synthetic version",
      ]
        .join(" ")
        .split(" ")
        .sort(),
    );
  });
});

describe("buildManifest (Y03, Y10-Y18)", () => {
  test("captures commit, runtime and time at the call", async () => {
    const before = Date.now();
    const manifest = await buildManifest(options);
    expect(manifest.git).toEqual({ sha: git("rev-parse", "HEAD"), branch: "main", dirty: false });
    expect(manifest.env).toMatchObject({
      node: process.versions.node,
      platform: expect.stringMatching(/\S/),
    });
    expect(Date.parse(manifest.timestamp_utc)).toBeGreaterThanOrEqual(before);
    expect(manifest.experiment_id).toMatch(/^[0-9]{8}T[0-9]{6}Z_[0-9a-f]{7}_[0-9a-z]{6}$/);
    expect(validateManifest(manifest)).toEqual([]);
  });

  test("writes the extension key even for an empty map, and nothing in it unasked (Y05, Y06)", async () => {
    expect((await buildManifest(options)).colophon).toEqual({});
    const named = await buildManifest({
      ...options,
      namespace: "pytyche",
      extensions: { calibration: { bins: 3 } },
    });
    expect(named.pytyche).toEqual({ calibration: { bins: 3 } });
    expect(validateManifest(named, { namespace: "pytyche" })).toEqual([]);
    expect(validateManifest(named).map(({ code, pointer }) => [code, pointer])).toEqual([
      ["FOREIGN_KEY", "/pytyche"],
    ]);
  });

  test("adds tree and machine on request, and what it adds is valid", async () => {
    writeFileSync(join(folder, "b.txt"), "2");
    const manifest = await buildManifest({ ...options, facts: true });
    rmSync(join(folder, "b.txt"));
    expect(manifest.git.dirty).toBe(true);
    expect(Object.keys(manifest.colophon as object).sort()).toEqual(["machine", "source"]);
    expect(validateManifest(manifest)).toEqual([]);
  });

  test("copies what it is given, one level deep, and does not validate (Y17, Y18)", async () => {
    const params = { lr: 1 };
    const wrong = { kind: "wishful" } as unknown as ReturnType<typeof synthetic>;
    const manifest = await buildManifest({ ...options, params, dataProvenance: wrong });
    params.lr = 2;
    expect(manifest.params).toEqual({ lr: 1 });
    expect(manifest.data_provenance).toEqual({ kind: "wishful" });
  });

  test("passes on what is wrong instead of hiding it, and keeps secrets out of parameters", async () => {
    const odd = await buildManifest({ ...options, params: 5 as unknown as Record<string, unknown> });
    expect(odd.params).toBe(5);
    expect(validateManifest(odd)).toMatchObject([{ code: "WRONG_TYPE", pointer: "/params" }]);
    const token = ["gh", "p_", "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"].join("");
    const manifest = await buildManifest({
      ...options,
      params: { note: token, deep: [{ password: "hunter22" }] },
    });
    expect(JSON.stringify(manifest)).not.toMatch(new RegExp(`${token}|hunter22`));
    expect(Object.keys((manifest.colophon as { redactions: object }).redactions)).toHaveLength(2);
    expect(validateManifest(manifest)).toEqual([]);
  });

  test("takes a commit that the caller vouches for, and says so (C19)", async () => {
    const supplied = { sha: "a".repeat(40), branch: "release", dirty: false };
    const manifest = await buildManifest({ ...options, directory: tmpdir(), git: supplied });
    expect(manifest.git).toEqual(supplied);
    expect(manifest.colophon).toEqual({ supplied: { git: true } });
    expect(validateManifest(manifest)).toEqual([]);
  });

  test("fails loudly where Git cannot tell (Y12)", async () => {
    const nowhere = mkdtempSync(join(tmpdir(), "colophon-nowhere-"));
    await expect(buildManifest({ ...options, directory: nowhere })).rejects.toMatchObject({
      code: "NOT_A_REPOSITORY",
    });
    rmSync(nowhere, { recursive: true });
  });
});

describe("validateManifest", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  test.each([
    ["NaN", { lr: Number.NaN }, "/params/lr"],
    ["a BigInt", { n: 1n }, "/params/n"],
    ["undefined", { a: undefined }, "/params/a"],
    ["a Date", { at: new Date(0) }, "/params/at"],
    ["itself", cyclic, "/params/self"],
    ["an own __proto__", JSON.parse('{"__proto__": 1}'), "/params/__proto__"],
    ["half a surrogate pair", { s: "\ud800" }, "/params/s"],
  ])("finds %s, which no file could hold", async (_name, params, pointer) => {
    const manifest = { ...(await buildManifest(options)), params };
    const findings = validateManifest(manifest);
    expect(findings).toMatchObject([{ code: "NOT_JSON" }]);
    expect(findings[0]?.pointer.startsWith(pointer)).toBe(true);
  });

  test("never throws, whatever it is given", async () => {
    const manifest = await buildManifest(options);
    const bigint = { ...manifest, data_provenance: { kind: "synthetic", seed: 5n } };
    expect(validateManifest(bigint).length).toBeGreaterThan(0);
    expect(validateManifest(1n)).toMatchObject([{ code: "NOT_AN_OBJECT" }]);
    expect(validateManifest(manifest, null as never)).toEqual([]);
  });
});

describe("assertManifest", () => {
  test("throws once, with every violation in the founding order (Y19-Y23)", () => {
    try {
      assertManifest({ zoo: 1, experiment_id: "", data_provenance: { kind: null } });
      throw new Error("it passed");
    } catch (error) {
      expect(error).toMatchObject({ code: "INVALID_MANIFEST" });
      const findings = (error as colophon.ValidationError).findings;
      expect(findings.map(({ pointer }) => pointer)).toEqual([
        "/env",
        "/git",
        "/manifest_schema_version",
        "/params",
        "/timestamp_utc",
        "/zoo",
        "/data_provenance/kind",
        "/experiment_id",
      ]);
      for (const { pointer } of findings)
        expect((error as Error).message).toContain(pointer.split("/").at(-1));
    }
  });

  test.each([[null], ["text"], [3], [[]], [undefined], [() => 1]])("names the type of %p", (value) => {
    expect(() => assertManifest(value)).toThrow(
      expect.objectContaining({ findings: [expect.objectContaining({ code: "NOT_AN_OBJECT" })] }),
    );
  });
});

describe("write and publish (Y31-Y38)", () => {
  test("write what read reads, from a path or a URL, in the canonical form", async () => {
    const manifest = await buildManifest(options);
    const path = join(folder, "manifest.json");
    writeManifest(manifest, pathToFileURL(path));
    expect(readFileSync(path, "utf8")).toBe(colophon.formatDisk(manifest));
    expect(readManifest(path)).toEqual(manifest);
    publishManifest(manifest, path);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("write persists without judging; publish refuses, and leaves nothing", () => {
    const path = join(folder, "unjudged.json");
    writeManifest({ any: "thing" }, path);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ any: "thing" });
    expect(() => readManifest(path)).toThrow(expect.objectContaining({ code: "INVALID_MANIFEST" }));
    const refused = join(folder, "refused.json");
    expect(() => publishManifest({ any: "thing" }, refused)).toThrow(
      expect.objectContaining({ code: "INVALID_MANIFEST" }),
    );
    expect(existsSync(refused)).toBe(false);
  });

  test("refuse a missing folder, a link, and what JSON cannot hold, before anything is opened", () => {
    expect(() => writeManifest({}, join(folder, "no/such/manifest.json"))).toThrow(
      expect.objectContaining({ code: "PARENT_MISSING" }),
    );
    const link = join(folder, "link.json");
    symlinkSync(join(folder, "elsewhere.json"), link);
    expect(() => writeManifest({}, link)).toThrow(expect.objectContaining({ code: "SYMLINK_AT_TARGET" }));
    const path = join(folder, "nan.json");
    expect(() => writeManifest({ loss: Number.NaN }, path)).toThrow(
      expect.objectContaining({ code: "NOT_JSON" }),
    );
    expect(existsSync(path)).toBe(false);
  });

  test("read says where a file is wrong, and why it cannot be read", () => {
    const path = join(folder, "broken.json");
    writeFileSync(path, '{\n  "a": 1,\n  "a": 2\n}');
    expect(() => readManifest(path)).toThrow(
      expect.objectContaining({ findings: [expect.objectContaining({ code: "DUPLICATE_KEY", line: 3 })] }),
    );
    expect(() => readManifest(join(folder, "none.json"))).toThrow(
      expect.objectContaining({ code: "FILE_NOT_FOUND" }),
    );
    expect(() => readManifest(folder)).toThrow(expect.objectContaining({ code: "NOT_A_FILE" }));
    expect(() => readManifest(path, { maximumBytes: 4 })).toThrow(
      expect.objectContaining({ code: "TOO_LARGE" }),
    );
  });

  test("data provenance of both forms validates", async () => {
    const manifest = await buildManifest({ ...options, dataProvenance: external({ train: "0".repeat(64) }) });
    expect(validateManifest(manifest)).toEqual([]);
  });
});
