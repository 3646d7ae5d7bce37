import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { formatDisk, verifyRun } from "../../../src/index.js";
import { sha256 } from "../../../src/manifest/digest.js";
import { type CheckResult, verdictOf } from "../../../src/operations/verify/result.js";
import { runFolders, writeRun } from "../../journeys/recorded-run.js";
import { done, keepAsItIs, makeRepository, type Repository } from "../../journeys/repository.js";
import { type Json, writeOriginRun } from "../records/records.js";

let repository: Repository;
let restore: () => void;
let folder: string;

beforeAll(() => {
  repository = makeRepository();
  const words = [
    "run",
    "--synthetic-seed",
    "1",
    "--artifact",
    "model=model",
    "--",
    "sh",
    "-c",
    "mkdir -p model && echo w > model/w",
  ];
  done(repository.colophon(words));
  [folder = ""] = runFolders(repository);
  restore = keepAsItIs(folder, `${repository.root}.pristine`);
});

beforeEach(() => restore());

afterAll(() => repository.remove());

const read = (name: string): Json => JSON.parse(readFileSync(join(folder, name), "utf8")) as Json;

/** Writes a manifest as Colophon would have written it, list of sums included. */
function rewrite(name: string, change: (document: Json) => void): void {
  const document = read(name);
  change(document);
  writeFileSync(join(folder, name), formatDisk(document));
  const list = readFileSync(join(folder, "SHA256SUMS"), "utf8").trimEnd().split("\n");
  const paths = list.map((line) => line.slice(66));
  const sums = paths.map((path) => `${sha256(readFileSync(join(folder, path)))}  ${path}\n`);
  writeFileSync(join(folder, "SHA256SUMS"), sums.join(""));
}

const troubleOf = (checks: readonly CheckResult[]) =>
  checks
    .filter(({ state, severity }) => state !== "ok" && severity === "error")
    .map(({ check, subject, state, reason }) => [check, subject, state, reason]);

const verified = async (path = folder) => {
  const run = await verifyRun(path, { directory: repository.root });
  return { ...run, trouble: troubleOf(run.checks) };
};

describe("verifyRun", () => {
  test("says that a run is as it was recorded, from its folder or its manifest", async () => {
    expect(await verified()).toMatchObject({ folder, verdict: "verified", trouble: [] });
    expect(await verified(join(folder, "run_manifest.json"))).toMatchObject({ folder, verdict: "verified" });
  });

  test("throws only where there is no run", async () => {
    await expect(verified(join(repository.root, "nowhere"))).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
    await expect(verified(repository.root)).rejects.toMatchObject({ code: "NOT_A_RUN" });
    await expect(verified(join(folder, "manifest.json"))).rejects.toMatchObject({ code: "WRONG_FILE_NAME" });
  });

  test("values of other types, wherever in the records, are found and crash nothing", async () => {
    const odd = [null, 7, "text", [], [null], {}, { entries: 1, hashes: [], sha: 3, path: "../../x" }];
    for (const name of ["manifest.json", "run_manifest.json", "00_run_metadata/input_data_provenance.json"]) {
      const text = readFileSync(join(folder, name), "utf8");
      for (const [index, path] of pathsIn(JSON.parse(text)).entries()) {
        // All of them at the top, one of them below.
        for (const value of path.length === 1 ? odd : [odd[index % odd.length]]) {
          const document = JSON.parse(text);
          const last = path.at(-1) as string;
          const parent = path.slice(0, -1).reduce((inner, key) => inner[key], document);
          parent[last] = value;
          const other = formatDisk(document);
          if (other === text) continue;
          writeFileSync(join(folder, name), other);
          const { verdict, trouble } = await verified();
          expect([name, path, value, verdict]).toEqual([name, path, value, "differs"]);
          expect(trouble.map(([, subject]) => subject)).toContain(name);
        }
      }
      writeFileSync(join(folder, name), text);
    }
  }, 120_000);

  test("a record of a newer version is not known, and no fault", async () => {
    rewrite("run_manifest.json", (run) => {
      run.manifest_version = 4;
    });
    expect(await verified()).toMatchObject({
      verdict: "unknown",
      trouble: [
        ["schema", "run_manifest.json", "unknown", "manifest_version is 4; this Colophon reads 0, 1, 2, 3"],
      ],
    });
  });

  test("a document that its schema refuses differs, with every finding, though its sums agree", async () => {
    rewrite("manifest.json", (manifest) => {
      manifest.extra = 1;
      manifest.git.dirty = "no";
    });
    const { checks, verdict } = await verified();
    expect(verdict).toBe("differs");
    expect(checks.flatMap(({ finding }) => (finding === null ? [] : [finding.code])).sort()).toEqual([
      "FOREIGN_KEY",
      "WRONG_TYPE",
    ]);
    expect(checks.find(({ finding }) => finding?.code === "FOREIGN_KEY")?.finding?.line).toEqual(
      expect.any(Number),
    );
  });

  test("manifests that name different data differ", async () => {
    rewrite("00_run_metadata/input_data_provenance.json", (record) => {
      record.seed = 2;
    });
    expect((await verified()).trouble).toEqual([
      [
        "inputs",
        "synthetic seed",
        "differs",
        "manifest.json and input_data_provenance.json name different seeds",
      ],
    ]);
  });

  test("a tree that is not the commit's differs", async () => {
    rewrite("manifest.json", (manifest) => {
      manifest.colophon.source.head.tree = "0".repeat(40);
    });
    expect((await verified()).trouble).toEqual([
      ["commit", "tree", "differs", "the commit has another tree"],
    ]);
  });

  test("a folder that was kept is held to its digest, also with links and with names that are not UTF-8", async () => {
    writeFileSync(join(folder, "artifacts/model/w"), "W\n");
    expect((await verified()).trouble.map(([check, subject, state]) => [check, subject, state])).toEqual([
      ["sums", "artifacts/model/w", "differs"],
      ["artifacts", "model", "differs"],
    ]);
    writeFileSync(join(folder, "artifacts/model/w"), "w\n");
    symlinkSync("w", join(folder, "artifacts/model/link"));
    expect((await verified()).trouble.map(([check, subject, state]) => [check, subject, state])).toEqual([
      ["artifacts", "model", "differs"],
    ]);
    rmSync(join(folder, "artifacts/model/link"));
    writeFileSync(Buffer.concat([Buffer.from(join(folder, "artifacts/")), Buffer.from([0x6e, 0xff])]), "x");
    const { verdict, checks } = await verified();
    expect(verdict).toBe("verified");
    expect(checks.find(({ subject }) => subject === "artifacts/n\ufffd")).toMatchObject({
      severity: "notice",
    });
  });
});

function pathsIn(value: unknown, above: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...above, key];
    return path.length < 3 ? [path, ...pathsIn(inner, path)] : [path];
  });
}

describe("verifyRun, of a snapshot", () => {
  const ref = () => `refs/colophon/snapshots/${folder.slice(folder.lastIndexOf("/") + 1)}`;

  const snapshot = (facts: Json): Json => ({
    snapshot_version: 1,
    state: "stored",
    reason: null,
    overlay: null,
    files: { stored: 1, bytes: 6, removed: 0 },
    left_out: [],
    left_out_omitted: 0,
    converted: [],
    converted_omitted: 0,
    filters_failed: [],
    submodules: [],
    nested_repositories: [],
    nested_repositories_omitted: 0,
    proof: { held: true, differing: [], omitted: 0 },
    caps: { file_bytes: 5_000_000, total_bytes: 50_000_000, files: 10_000 },
    ...facts,
  });

  /** Kept as a run would have kept it. */
  function keep(): { commit: string; tree: string; blob: string } {
    const { git, call } = repository;
    const blob = call("git", ["hash-object", "-w", "--stdin"], { input: "edited\n" }).stdout.trim();
    const tree = call("git", ["mktree"], { input: `100644 blob ${blob}\ttrain.py\n` }).stdout.trim();
    const commit = git("commit-tree", tree, "-p", "HEAD", "-m", "snapshot");
    git("update-ref", ref(), commit);
    rewrite("manifest.json", (manifest) => {
      manifest.git.dirty = true;
      manifest.colophon.snapshot = snapshot({ commit, tree, ref: ref() });
    });
    return { commit, tree, blob };
  }

  const told = async () =>
    (await verified()).trouble.map(([check, subject, state]) => [check, subject, state]);

  test("looks for its ref, its tree and every object", async () => {
    const { commit, tree } = keep();
    const { verdict, checks } = await verified();
    expect(verdict).toBe("verified");
    expect(
      checks.filter(({ check }) => check === "snapshot").map(({ subject, found }) => [subject, found]),
    ).toEqual([
      ["ref", commit],
      ["tree", tree],
      ["objects", "complete"],
    ]);
  });

  test("tells a ref that is gone, or points elsewhere, from a snapshot that is gone", async () => {
    keep();
    const { git } = repository;
    git("update-ref", ref(), "HEAD");
    expect(await told()).toEqual([["snapshot", "ref", "differs"]]);
    git("update-ref", "-d", ref());
    expect(await told()).toEqual([["snapshot", "ref", "missing"]]);
    git("gc", "--quiet", "--prune=now");
    expect(await told()).toEqual([["snapshot", "snapshot", "missing"]]);
    // Where the run's own untracked files are not either, the snapshot stayed behind with them.
    rmSync(join(folder, "logs"), { recursive: true });
    rmSync(join(folder, "artifacts"), { recursive: true });
    expect(await told()).toContainEqual(["snapshot", "snapshot", "not-here"]);
    expect((await verified()).verdict).toBe("verified");
  });

  test("tells objects that are missing, and another tree", async () => {
    const { blob } = keep();
    rewrite("manifest.json", (manifest) => {
      manifest.colophon.snapshot.tree = "1".repeat(40);
    });
    expect(await told()).toEqual([["snapshot", "tree", "differs"]]);
    rmSync(join(repository.root, ".git/objects", blob.slice(0, 2), blob.slice(2)));
    expect(await told()).toEqual([
      ["snapshot", "tree", "differs"],
      ["snapshot", "objects", "missing"],
    ]);
  });

  test.each([
    ["was not needed", snapshot({ state: "clean", commit: null, ref: null, tree: null }), false, []],
    [
      "could not be made",
      snapshot({
        state: "incomplete",
        commit: null,
        ref: null,
        tree: null,
        reason: { code: "disk_full", message: "no room" },
      }),
      true,
      [["snapshot", "snapshot", "unknown", "none could be made: no room"]],
    ],
    [
      "was never asked for",
      undefined,
      true,
      [["snapshot", "snapshot", "unknown", "edits are listed, not kept"]],
    ],
  ])("says when it %s", async (_name, facts, dirty, trouble) => {
    rewrite("manifest.json", (manifest) => {
      manifest.git.dirty = dirty;
      if (facts !== undefined) manifest.colophon.snapshot = facts;
      else delete manifest.colophon.snapshot;
    });
    expect((await verified()).trouble).toEqual(trouble);
  });

  test("names that could be options or ranges never reach Git", async () => {
    rewrite("manifest.json", (manifest) => {
      manifest.git.dirty = true;
      manifest.colophon.snapshot = snapshot({ commit: "--all", tree: "x", ref: "--output=/tmp/x" });
    });
    const { trouble, verdict } = await verified();
    expect(verdict).toBe("differs");
    expect(trouble).toContainEqual(["snapshot", "snapshot", "unknown", "its commit is not on record"]);
  });
});

describe("verifyRun, of other runs", () => {
  test("a run of the origin project is held to what it recorded: nothing is known to differ (M24)", async () => {
    const origin = writeOriginRun(dirname(folder), "origin_run");
    const data = join(repository.root, "origin.csv");
    writeFileSync(data, "x\n1\n");
    const founding = {
      provenance_version: 1,
      authored_path: "origin.csv",
      resolved_path: data,
      sha256: sha256("x\n1\n"),
      size_bytes: 4,
      mtime_utc: "2026-04-02T07:35:00+00:00",
      row_count: 1,
      column_count: 1,
      ordered_columns: ["x"],
    };
    writeFileSync(join(origin, "00_run_metadata/input_data_provenance.json"), formatDisk(founding));
    const { verdict, checks } = await verified(origin);
    expect(verdict).toBe("unknown");
    expect(troubleOf(checks).filter(([, , state]) => state !== "unknown")).toEqual([]);
    expect(checks.find(({ check }) => check === "inputs")).toMatchObject({ subject: "input", state: "ok" });
    writeFileSync(data, "x\n2\n");
    expect((await verified(origin)).verdict).toBe("differs");
    rmSync(data);
    rmSync(origin, { recursive: true });
  });

  test("a run that has no end on record has no list yet", async () => {
    const { folder: at, id } = writeRun(repository, { status: "running" });
    mkdirSync(join(repository.root, at, "logs"), { recursive: true });
    rmSync(join(repository.root, at, "SHA256SUMS"));
    const { checks } = await verified(join(repository.root, at));
    expect(checks.find(({ check }) => check === "sums")).toMatchObject({
      state: "unknown",
      reason: "the run has no end on record, and no list before it",
    });
    expect(id).toContain("k3f9q2");
    rmSync(join(repository.root, at), { recursive: true });
  });
});

describe("verdictOf", () => {
  const result = (state: CheckResult["state"], severity: CheckResult["severity"] = "error") =>
    ({ state, severity }) as CheckResult;

  test.each([
    [[], "verified"],
    [[result("ok"), result("not-here")], "verified"],
    [[result("differs", "notice"), result("unknown", "notice")], "verified"],
    [[result("unknown"), result("ok")], "unknown"],
    [[result("unreadable")], "unknown"],
    [[result("unknown"), result("missing")], "differs"],
    [[result("differs"), result("unknown")], "differs"],
  ] as const)("of %j is %s", (checks, verdict) => {
    expect(verdictOf(checks)).toBe(verdict);
  });
});
