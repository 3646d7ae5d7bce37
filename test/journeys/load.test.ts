import { cpSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { makeRepository, type Repository, repositoryAt } from "./repository.js";

let repository: Repository;
let id: string;
let folder: string;

/** A run of the built program, with output, an artifact and metrics, committed. */
beforeEach(() => {
  repository = makeRepository();
  record(repository);
  [id = ""] = list(repository).map((run) => run.id);
  folder = join("records", `${id.slice(0, 4)}-${id.slice(4, 6)}`, id);
});

afterEach(() => repository.remove());

function record({ colophon }: Repository) {
  const script = 'echo out; echo err >&2; echo weights > model.bin; echo "{}" > "$COLOPHON_METRICS"';
  const words = ["run", "--synthetic-seed", "7", "--artifact", "model=model.bin", "--", "sh", "-c", script];
  const { status, stderr } = colophon(words);
  if (status !== 0) throw new Error(stderr);
}

interface ListedRun {
  readonly id: string;
  readonly state?: string;
  readonly error: { readonly code: string } | null;
}

function list({ colophon }: Repository): ListedRun[] {
  return JSON.parse(colophon(["ls", "--json"]).stdout).runs;
}

function show({ colophon }: Repository, word: string, ...flags: string[]) {
  const { status, stdout, stderr } = colophon(["show", word, "--json", ...flags]);
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as {
    readonly id: string;
    readonly artifacts: {
      readonly name: string;
      readonly availability: string;
      readonly sha256: string | null;
    }[];
    readonly findings: { readonly code: string; readonly severity: string }[];
  };
}

const availability = (at: Repository, word: string) =>
  Object.fromEntries(show(at, word).artifacts.map((artifact) => [artifact.name, artifact.availability]));

describe("a recorded run", () => {
  test("is whole where it was made", () => {
    expect(Object.values(availability(repository, id)).every((where) => where === "here")).toBe(true);
    expect(show(repository, id).findings).toEqual([]);
  });

  test("loads in a fresh clone, where its artifacts and logs are not here", () => {
    repository.colophon(["commit", id]);
    const place = join(repository.root, "../clone");
    repository.git("clone", "--quiet", repository.root, place);
    const clone = repositoryAt(place, repository.env);
    expect(readdirSync(join(place, folder)).sort()).not.toContain("artifacts");
    const { artifacts, findings } = show(clone, id);
    const away = artifacts.filter((artifact) => artifact.availability !== "here");
    expect(away.map(({ name }) => name).sort()).toEqual(["model", "stderr_log", "stdout_log"]);
    expect(away.every(({ availability, sha256 }) => availability === "not-here" && sha256 !== null)).toBe(
      true,
    );
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual(
      away.map(() => ["ARTIFACT_NOT_HERE", "notice"]),
    );
    expect(clone.colophon(["show", id]).stdout).toMatch(/model {2}artifacts\/model\.bin .* not here/);
    expect(list(clone)).toMatchObject([{ id, state: "completed", error: null }]);
  });

  test("is said to be on another branch, where a branch without it is checked out, and is back with its own", () => {
    repository.git("branch", "before");
    repository.colophon(["commit", id]);
    repository.git("checkout", "--quiet", "before");
    expect(readdirSync(join(repository.root, folder)).sort()).toEqual(["artifacts", "logs", "metrics.jsonl"]);
    expect(list(repository)).toMatchObject([{ id, error: { code: "RUN_ON_ANOTHER_BRANCH" } }]);
    const listed = repository.colophon(["ls"]);
    expect([listed.status, listed.stdout]).toEqual([0, `·  ${id.slice(-6)}  on another branch\n`]);
    const { status, stderr } = repository.colophon(["show", id]);
    expect([status, stderr]).toEqual([
      3,
      expect.stringMatching(/RUN_ON_ANOTHER_BRANCH.*git -C \S+ log --all/s),
    ]);
    const hint = /git (-C \S+ log --all --oneline -- .*)/.exec(stderr)?.[1] as string;
    expect(repository.git(...hint.split(" "))).toMatch(/Record run sh/);
    repository.git("checkout", "--quiet", "main");
    expect(Object.values(availability(repository, id)).every((where) => where === "here")).toBe(true);
  });

  test("is half here, never broken, where only a part of it was committed", () => {
    repository.git("branch", "before");
    repository.git("add", `${folder}/run_manifest.json`, `${folder}/manifest.json`);
    repository.git("commit", "--quiet", "--message=Half");
    repository.git("checkout", "--quiet", "before");
    expect(list(repository)).toMatchObject([{ id, error: { code: "RUN_HALF_HERE" } }]);
    expect(repository.colophon(["ls"]).stdout).toMatch(/^· {2}/);
  });

  test("loads by its path wherever its folder was moved, inside a project or outside of any (M19)", () => {
    const outside = join(repository.root, "..", id);
    cpSync(join(repository.root, folder), outside, { recursive: true });
    expect(show(repository, `../${id}`).id).toBe(id);
    expect(show(repository, `../${id}/run_manifest.json`).findings).toEqual([]);
    renameSync(join(repository.root, folder), join(repository.root, id));
    expect(show(repository, id).id).toBe(id);
    expect(show(repository, `./${id}`).id).toBe(id);
  });

  test("is listed past a neighbour of any kind of brokenness, each with its reason", () => {
    const month = join(folder, "..");
    const neighbour = (suffix: string) => `${id.slice(0, -6)}${suffix}`;
    const copy = (suffix: string) =>
      cpSync(join(repository.root, folder), join(repository.root, month, neighbour(suffix)), {
        recursive: true,
      });
    copy("aaaaaa");
    repository.write(`${month}/${neighbour("aaaaaa")}/run_manifest.json`, '{"manifest_version": 3');
    copy("bbbbbb");
    repository.write(`${month}/${neighbour("bbbbbb")}/run_manifest.json`, '{"name": "app"}');
    copy("cccccc");
    repository.git("rm", "-r", "--cached", "--quiet", "--ignore-unmatch", month);
    repository.call("rm", ["-r", `${month}/${neighbour("cccccc")}/00_run_metadata`]);
    const { status, stdout, stderr } = repository.colophon(["ls"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/✗ {2}aaaaaa {2}RECORD_TRUNCATED: run_manifest\.json ends early/);
    expect(stdout).toMatch(/✗ {2}bbbbbb {2}RECORD_FOREIGN: run_manifest\.json is not/);
    expect(stdout).toMatch(/✗ {2}cccccc {2}ARTIFACT_GONE: it lacks what its manifest names/);
    expect(stdout).toContain("completed, 3 stages");
    expect(stderr).toContain("3 cannot be loaded");
  });
});
