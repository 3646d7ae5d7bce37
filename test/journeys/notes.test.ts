import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { writeRecord } from "../operations/records/records.js";
import { expectOutput } from "./matches-schema.js";
import { makeRepository, type Repository } from "./repository.js";

let repository: Repository;
let folder: string;

beforeEach(() => {
  repository = makeRepository();
  ({ folder } = writeRecord(join(repository.root, "records/2026-11")));
});

afterEach(() => repository.remove());

const lines = () => {
  const text = readFileSync(join(folder, "00_run_metadata/notes.jsonl"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
};

function call(...words: string[]) {
  const { status, stdout, stderr } = repository.colophon(words);
  expect([status, stderr]).toEqual([0, ""]);
  return expectOutput("cli_note", stdout) as { tags: string[]; note: object | null };
}

describe("colophon tag", () => {
  test("adds tags as one line, with who and when, and shows them", () => {
    expect(call("tag", "k3f9q2", "base line", "fig-3", "--json")).toMatchObject({
      tags: ["base line", "fig-3"],
      note: { tags: ["base line", "fig-3"], untags: [], text: null },
    });
    expect(lines()).toEqual([
      {
        note_version: 1,
        time: expect.stringMatching(/Z$/),
        by: repository.env.GIT_AUTHOR_NAME,
        tags: ["base line", "fig-3"],
        untags: [],
        text: null,
      },
    ]);
    expect(repository.colophon(["show", "q2"]).stdout).toContain("tags      base line, fig-3\n");
  });

  test("takes tags away, and adds no line where nothing changes", () => {
    call("tag", "k3f9q2", "a", "b", "--json");
    expect(call("tag", "--remove", "k3f9q2", "a", "--json").tags).toEqual(["b"]);
    expect(call("tag", "--remove", "k3f9q2", "a", "--json")).toMatchObject({ note: null, tags: ["b"] });
    expect(lines()).toHaveLength(2);
  });

  test("refuses what is no tag, and no run", () => {
    const refusal = (...words: string[]) => {
      const { status, stderr } = repository.colophon(words);
      return [status, stderr];
    };
    expect(refusal("tag", "k3f9q2", " ")).toEqual([2, expect.stringContaining("BAD_TAG")]);
    expect(refusal("tag", "k3f9q2")).toEqual([2, expect.stringContaining("NO_TAG")]);
    expect(refusal("tag")).toEqual([2, expect.stringContaining("NO_TAG")]);
    expect(refusal("tag", "zzzzzz", "a")).toEqual([2, expect.stringContaining("NO_SUCH_RUN")]);
    expect(refusal("note", "k3f9q2")).toEqual([2, expect.stringContaining("EMPTY_NOTE")]);
    expect(refusal("tag", "README.md", "a")).toEqual([3, expect.stringContaining("WRONG_FILE_NAME")]);
  });
});

describe("colophon note", () => {
  test("adds a note, its words joined, without the secret in it", () => {
    const token = `ghp_${"a1B2".repeat(9)}`;
    const { status, stderr } = repository.colophon(["note", "k3f9q2", "good", `with ${token}`]);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/noted {2}k3f9q2.*a secret was left out/s)]);
    expect(lines()).toMatchObject([{ text: expect.stringMatching(/^good with «redacted:/) }]);
    expect(repository.colophon(["show", "k3f9q2"]).stdout).toMatch(/notes +2\d{3}-.* good with «redacted:/);
  });

  test("changes neither the manifests nor what SHA256SUMS holds, and goes into Git with the next commit", () => {
    const words = ["run", "--synthetic-seed", "1", "--quiet", "--", "true"];
    expect(repository.colophon(words).status).toBe(0);
    const [run] = JSON.parse(repository.colophon(["ls", "--json", "-n", "1"]).stdout).runs as [
      { id: string; folder: string },
    ];
    const before = readFileSync(join(run.folder, "run_manifest.json"), "utf8");
    call("note", run.id, "first", "--json");
    repository.colophon(["commit", run.id]);
    call("tag", run.id, "late", "--json");
    expect(readFileSync(join(run.folder, "run_manifest.json"), "utf8")).toBe(before);
    const check = repository.call("sha256sum", ["-c", "--quiet", "SHA256SUMS"], {
      directory: run.folder.slice(repository.root.length + 1),
    });
    expect([check.status, check.stderr]).toEqual([0, ""]);
    expect(repository.git("status", "--porcelain", "--untracked-files=all")).toMatch(/^ M .*notes\.jsonl$/m);
    expect(JSON.parse(repository.colophon(["commit", "--json", run.id]).stdout).commit.paths).toEqual([
      expect.stringMatching(/notes\.jsonl$/),
    ]);
  });

  test("is as open as the folder it is in", () => {
    call("note", "k3f9q2", "first", "--json");
    const mode = statSync(join(folder, "00_run_metadata/notes.jsonl")).mode & 0o777;
    expect(mode).toBe(statSync(join(folder, "00_run_metadata")).mode & 0o666);
  });

  test("may be added to a run that cannot be loaded, not to one whose record is elsewhere", () => {
    repository.write("records/2026-11/20261120T104207Z_3f9c2e1_k3f9q2/run_manifest.json", "{");
    call("note", "k3f9q2", "the disk was full", "--json");
    repository.call("sh", ["-c", `cd ${folder} && rm -r manifest.json run_manifest.json 00_run_metadata`]);
    const { status, stderr } = repository.colophon(["note", "k3f9q2", "more"]);
    expect([status, stderr]).toEqual([3, expect.stringContaining("RUN_ON_ANOTHER_BRANCH")]);
  });

  test("knows nobody where Git knows nobody", () => {
    const env = { GIT_AUTHOR_NAME: "", GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
    const { stdout } = repository.colophon(["note", "k3f9q2", "first", "--json"], { env });
    expect(JSON.parse(stdout).note.by).toBeNull();
    repository.git("config", "user.name", "Bea");
    const named = repository.colophon(["note", "k3f9q2", "second", "--json"], { env });
    expect(JSON.parse(named.stdout).note.by).toBe("Bea");
  });
});
