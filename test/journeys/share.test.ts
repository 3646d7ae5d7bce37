import { spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join, relative } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { formatDisk } from "../../src/manifest/canonical.js";
import { sha256 } from "../../src/manifest/digest.js";
import type { SharedRun, ShareOutcome } from "../../src/operations/share/result.js";
import { photograph } from "../git/scratch.js";
import { expectOutput } from "./matches-schema.js";
import { exampleText, runFolders, writeRun } from "./recorded-run.js";
import { type Call, done, keepAsItIs, makeRepository, type Repository, repositoryAt } from "./repository.js";

/** A repository with one run of edited code, never committed, and an empty bare remote; every test has a copy, in the same place. */
let repository: Repository;
let place: string;
let id: string;
let restore: (() => void)[];

const script = [
  "printf 'epoch 1\\n'",
  "mkdir -p model",
  "printf 'a\\r\\nb\\n\\044Id$\\n' > model/crlf.txt",
  'printf weights > "model/it\'s \\"quoted\\".bin"',
  "printf tool > model/tool; chmod +x model/tool",
].join("; ");

beforeAll(() => {
  repository = makeRepository();
  place = join(repository.root, "..");
  const { write, commit, git } = repository;
  write("train.py", "print(1)\n");
  write(".gitattributes", "* text=auto ident\n*.bin filter=broken\n");
  git("config", "filter.broken.clean", "false");
  git("config", "filter.broken.smudge", "false");
  commit("Code");
  git("init", "--quiet", "--bare", "--initial-branch=main", join(place, "remote.git"));
  git("remote", "add", "origin", join(place, "remote.git"));
  git("push", "--quiet", "--set-upstream", "origin", "main");
  write("train.py", "print(2)\n");
  done(
    repository.colophon([
      "run",
      "--synthetic-seed",
      "1",
      "--artifact",
      "model=model",
      "--",
      "sh",
      "-c",
      script,
    ]),
  );
  id = runIds(repository)[0] as string;
  writeFileSync(join(folderOf(repository), "metrics.jsonl"), '{"step":1,"metrics":{"loss":0.3}}\n');
  restore = ["repository", "remote.git"].map((name) => keepAsItIs(join(place, name)));
});

beforeEach(() => {
  for (const name of readdirSync(place).filter((name) => name !== "home" && !name.endsWith(".pristine")))
    rmSync(join(place, name), { recursive: true, force: true });
  for (const putBack of restore) putBack();
});

afterAll(() => repository.remove());

const runIds = (from: Repository) => runFolders(from).map((folder) => basename(folder));

const folderOf = ({ root }: Repository, of = id) =>
  join(root, "records", `${of.slice(0, 4)}-${of.slice(4, 6)}`, of);
const snapshotRef = (of = id) => `refs/colophon/snapshots/${of}`;
const recordsRef = (of = id) => `refs/colophon/records/${of}`;
const remote = () => repositoryAt(join(place, "remote.git"), repository.env);
const refsOf = ({ git }: Repository) => git("for-each-ref", "--format=%(refname) %(objectname)").split("\n");
const allObjects = ({ git }: Repository) => git("cat-file", "--batch-all-objects", "--batch-check");

function clone(name: string, ...words: string[]): Repository {
  repository.git("clone", "--quiet", ...words, `file://${place}/remote.git`, join(place, name));
  return repositoryAt(join(place, name), repository.env);
}

interface Shared {
  readonly status: number | null;
  readonly outcome: ShareOutcome;
  readonly run: SharedRun;
  readonly stderr: string;
}

function share(verb: "push" | "pull", at: Repository, words: readonly string[] = [], call?: Call): Shared {
  const { status, stdout, stderr } = at.colophon([verb, "--json", ...words], call);
  expect(stderr).not.toContain("fault of Colophon");
  const outcome = expectOutput(`cli_${verb}`, stdout) as unknown as ShareOutcome;
  return { status, outcome, run: outcome.runs[0] as SharedRun, stderr };
}

/** Everything Git knows of a repository, but our own refs and the objects, which only become more. */
function stateOf({ root }: Repository): Record<string, string> {
  const photo = Object.entries(photograph(root));
  return Object.fromEntries(
    photo.filter(([path]) => !/^(\.git\/)?(objects|refs\/colophon)(\/|$)|^\.colophon|^records/.test(path)),
  );
}

describe("colophon push and pull", () => {
  test("move the snapshot of a run, and touch nothing else on either side", () => {
    const [here, there] = [stateOf(repository), stateOf(remote())];
    const human = repository.colophon(["push"]);
    expect([human.status, human.stdout]).toEqual([0, `✓ ${id.slice(-6)}  snapshot sent\n`]);
    expect(human.stderr).toBe(`┃ to send    1 snapshot\n┃ ✓ origin (${place}/remote.git): 1 sent\n`);
    expect([stateOf(repository), stateOf(remote())]).toEqual([here, there]);
    const commit = repository.git("rev-parse", snapshotRef());
    expect(refsOf(remote())).toEqual([
      `${snapshotRef()} ${commit}`,
      `refs/heads/main ${repository.git("rev-parse", "main")}`,
    ]);
    repository.git("add", "records");
    repository.git("commit", "--quiet", "--message=Run", "--", "records");
    repository.git("push", "--quiet", "origin", "main");
    const other = clone("other");
    const before = stateOf(other);
    const pulled = share("pull", other);
    expect([pulled.status, pulled.run.snapshot?.state]).toEqual([0, "moved"]);
    expect(stateOf(other)).toEqual(before);
    expect(other.git("rev-parse", snapshotRef())).toBe(commit);
    expect(other.git("show", `${snapshotRef()}:train.py`)).toBe("print(2)");
    expect(done(other.colophon(["verify"])).stdout).toContain("verified");
    for (const [verb, at] of [
      ["push", repository],
      ["pull", other],
    ] as const) {
      const again = share(verb, at);
      expect([again.status, again.run.snapshot?.state]).toEqual([0, "same"]);
    }
  });

  test("a plain push, clone or fetch goes on as if they were not there", () => {
    done(repository.colophon(["push", "--records"]));
    const [ours, theirs] = [refsOf(repository), refsOf(remote()).filter((line) => line.includes("colophon"))];
    const other = clone("other");
    expect(refsOf(other).filter((line) => line.includes("colophon"))).toEqual([]);
    other.git("fetch", "--quiet");
    other.git("fetch", "--quiet", "--prune", "--tags");
    expect(refsOf(other).filter((line) => line.includes("colophon"))).toEqual([]);
    expect(allObjects(other)).not.toContain(repository.git("rev-parse", recordsRef()));
    repository.write("more.txt", "more\n");
    repository.git("add", "more.txt");
    repository.git("commit", "--quiet", "--message=More", "--", "more.txt");
    for (const words of [["--quiet"], ["--quiet", "--all"], ["--quiet", "--tags"]]) {
      repository.git("push", ...words, "origin");
      expect(refsOf(remote()).filter((line) => line.includes("colophon"))).toEqual(theirs);
    }
    expect(refsOf(repository).filter((line) => line.includes("colophon"))).toEqual(
      ours.filter((line) => line.includes("colophon")),
    );
  });

  test("no refspec, tag, mirror, prune or hook of the user's has a part in it", () => {
    const { git } = repository;
    git("tag", "--annotate", "--message=one", "v1");
    git("branch", "private");
    for (const [key, value] of Object.entries({
      "remote.origin.push": "+refs/heads/*:refs/heads/*",
      "push.followTags": "true",
      "push.default": "matching",
      "push.gpgSign": "true",
      "remote.origin.mirror": "true",
    }))
      git("config", key, value);
    for (const hook of ["pre-push", "reference-transaction", "post-checkout", "post-merge", "pre-auto-gc"])
      repository.write(
        `.git/hooks/${hook}`,
        `#!/bin/sh\necho ${hook} >> "${place}/hooks-run"\nexit 1\n`,
        0o755,
      );
    expect(share("push", repository).run.snapshot?.state).toBe("moved");
    expect(refsOf(remote()).map((line) => line.split(" ")[0])).toEqual([snapshotRef(), "refs/heads/main"]);
    const other = clone("other");
    remote().git("tag", "v2", "main");
    for (const [key, value] of Object.entries({
      "remote.origin.fetch": "+refs/*:refs/*",
      "remote.origin.tagOpt": "--tags",
      "remote.origin.prune": "true",
      "fetch.prune": "true",
      "fetch.pruneTags": "true",
    }))
      other.git("config", key, value);
    for (const hook of ["reference-transaction", "post-merge"])
      other.write(`.git/hooks/${hook}`, `#!/bin/sh\necho ${hook} >> "${place}/hooks-run"\nexit 1\n`, 0o755);
    other.git("-c", "core.hooksPath=/dev/null", "branch", "mine");
    const before = refsOf(other);
    expect(share("pull", other, [id]).run.snapshot?.state).toBe("moved");
    expect(refsOf(other).filter((line) => !line.includes("colophon"))).toEqual(before);
    expect(readdirSync(place)).not.toContain("hooks-run");
    expect(readdirSync(join(other.root, ".git"))).not.toContain("FETCH_HEAD");
  });

  test("what the remote has under the name of a ref stays, even where Git would go forward", () => {
    const older = repository.git("rev-parse", "main");
    for (const commit of [older, remote().git("commit-tree", "-m", "x", `${older}^{tree}`)]) {
      remote().git("update-ref", snapshotRef(), commit);
      const { status, run } = share("push", repository);
      expect([status, run.snapshot?.state]).toEqual([1, "differs"]);
      expect(run.snapshot?.reason).toBe(`the remote has ${commit} under this name`);
      expect(remote().git("rev-parse", snapshotRef())).toBe(commit);
      const pulled = share("pull", repository);
      expect([pulled.status, pulled.run.snapshot?.state]).toEqual([1, "differs"]);
      expect(repository.git("rev-parse", snapshotRef())).not.toBe(commit);
    }
    const { stdout, stderr } = repository.colophon(["push"]);
    expect(stdout).toMatch(/^✗ \w{6} {2}snapshot differs: the remote has [0-9a-f]{40} under this name\n$/);
    expect(stderr).toMatch(/┃ ✗ origin \(.*\): 1 to look at\n$/);
  });

  test("a ref that the record does not name is neither sent nor brought", () => {
    const other = repository.git("commit-tree", "-p", "main", "-m", "x", "main^{tree}");
    remote().git("fetch", "--quiet", repository.root, snapshotRef());
    repository.git("update-ref", snapshotRef(), other);
    expect(share("push", repository)).toMatchObject({ status: 1, run: { snapshot: { state: "refused" } } });
    expect(refsOf(remote())).toHaveLength(1);
    repository.git("update-ref", "-d", snapshotRef());
    remote().git("update-ref", snapshotRef(), "main");
    expect(share("pull", repository)).toMatchObject({ status: 1, run: { snapshot: { state: "refused" } } });
    expect(refsOf(repository).filter((line) => line.includes("colophon"))).toEqual([]);
    remote().git("update-ref", "-d", snapshotRef());
    for (const verb of ["push", "pull"] as const)
      expect(share(verb, repository, [id])).toMatchObject({
        status: 1,
        run: { snapshot: { state: "missing" } },
      });
  });

  test("say how much code goes along that was never pushed, and send nothing on --dry-run", () => {
    for (const text of ["3", "4"]) {
      repository.write("more.py", text);
      repository.git("add", "more.py");
      repository.git("commit", "--quiet", "--message=More", "--", "more.py");
    }
    done(repository.colophon(["run", "--quiet", "--synthetic-seed", "2", "--", "true"]));
    const [objects, refs] = [allObjects(remote()), refsOf(repository)];
    const { outcome, stderr } = share("push", repository, ["--dry-run", "--records"]);
    expect(outcome).toMatchObject({ dry_run: true, unpushed_commits: 2 });
    expect(outcome.runs.map(({ snapshot }) => snapshot?.state)).toEqual(["planned", "planned"]);
    expect(stderr).toContain("with 2 commits below them that origin was not known to have");
    expect([allObjects(remote()), refsOf(repository)]).toEqual([objects, refs]);
    const { stdout } = done(repository.colophon(["push", "--dry-run", "--records", id]));
    expect(stdout).toContain('    artifacts/model/it\'s "quoted".bin  7 B\n');
  });

  test("go through file://, ssh with the user's own command, and many refs at once", () => {
    repository.git("remote", "add", "by-file", `file://${place}/remote.git`);
    expect(share("push", repository, ["--remote", "by-file"]).run.snapshot?.state).toBe("moved");
    remote().git("update-ref", "-d", snapshotRef());
    repository.git("remote", "add", "by-ssh", `ssh://git@nowhere.example${place}/remote.git`);
    writeFileSync(join(place, "ssh"), '#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n', {
      mode: 0o755,
    });
    const env = { GIT_SSH_COMMAND: join(place, "ssh"), GIT_DIR: "/nowhere", GIT_NAMESPACE: "x" };
    expect(share("push", repository, ["--remote", "by-ssh"], { env }).run.snapshot?.state).toBe("moved");
    expect(refsOf(remote())).toHaveLength(2);
    const commit = repository.git("rev-parse", "main");
    const ids = Array.from({ length: 520 }, (_, index) => {
      const suffix = index.toString().padStart(6, "0");
      const { id: many, folder } = writeRun(repository, { suffix });
      const manifest = JSON.parse(exampleText("experiment-synthetic"));
      repository.write(`${folder}/manifest.json`, JSON.stringify({ ...manifest, experiment_id: many }));
      return many;
    });
    repository.call("git", ["update-ref", "--stdin"], {
      input: ids.map((many) => `create ${snapshotRef(many)} ${commit}\n`).join(""),
    });
    const { status, outcome } = share("push", repository, ["--remote", "by-file"]);
    expect(outcome.runs.filter(({ snapshot }) => snapshot?.state === "moved")).toHaveLength(520);
    expect([status, refsOf(remote()).length]).toEqual([0, 522]);
  });
});

describe("colophon push --records and pull --records", () => {
  const filesOf = (folder: string) =>
    Object.fromEntries(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [relative(folder, path), readFileSync(path, "latin1")]),
    );

  test("a run that was never committed comes whole, byte for byte, and can be committed", () => {
    done(repository.colophon(["tag", id, "baseline"]));
    const pushed = share("push", repository, ["--records"]);
    expect([pushed.status, pushed.run.records?.state, pushed.run.records?.left_out]).toEqual([
      0,
      "moved",
      [],
    ]);
    const other = clone("other");
    const before = stateOf(other);
    const { status, stdout, stderr } = other.colophon(["pull", "--records"]);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^✓ \w{6} {2}snapshot received {2}files received {2}\d+, .* {2}the whole run\n$/),
    ]);
    expect(stderr).toContain(`┃ → colophon commit ${id.slice(-6)}\n`);
    const ignore = "logs/.gitignore";
    const sent = { ...filesOf(folderOf(repository)), [ignore]: expect.stringContaining("made elsewhere") };
    expect(filesOf(folderOf(other))).toEqual(sent);
    expect(stateOf(other)).toEqual(before);
    const modeOf = (path: string) => statSync(join(folderOf(other), path)).mode & 0o777;
    expect([modeOf("logs"), modeOf("logs/stdout.log"), modeOf("artifacts/model/tool") & 0o100]).toEqual([
      0o700, 0o600, 0o100,
    ]);
    expect(done(other.colophon(["verify"])).stdout).toBe(`✓ ${id.slice(-6)}  verified\n`);
    expect(other.git("status", "--porcelain", "--untracked-files=all")).not.toMatch(
      /artifacts|logs|metrics\.jsonl/,
    );
    done(other.colophon(["commit", id]));
    expect(other.git("show", "--stat=200", "--format=%b")).toContain("00_run_metadata/notes.jsonl");
    for (const [verb, at] of [
      ["push", other],
      ["pull", other],
      ["pull", repository],
    ] as const)
      expect(share(verb, at, ["--records"])).toMatchObject({
        status: 0,
        run: { records: { state: "same" } },
      });
  });

  test("a run that was committed gets what Git leaves out; what is here stays", () => {
    done(repository.colophon(["push", "--records"]));
    done(repository.colophon(["commit", id]));
    repository.git("push", "--quiet", "origin", "main");
    const other = clone("other");
    done(other.colophon(["note", id, "seen elsewhere"]));
    expect(share("push", other, ["--records"]).run.records).toMatchObject({ state: "skipped" });
    const pulled = share("pull", other, ["--records"]);
    expect(pulled).toMatchObject({ status: 0, run: { records: { state: "moved", is_new: false } } });
    expect(filesOf(join(folderOf(other), "artifacts"))).toEqual(
      filesOf(join(folderOf(repository), "artifacts")),
    );
    expect(other.git("status", "--porcelain")).toBe(
      `?? ${relative(other.root, folderOf(other))}/00_run_metadata/notes.jsonl`,
    );
    rmSync(join(folderOf(other), "metrics.jsonl"));
    writeFileSync(join(folderOf(other), "artifacts/model/tool"), "mine!");
    const again = share("pull", other, ["--records"]);
    expect([again.status, again.run.records?.state, again.run.records?.files]).toEqual([1, "differs", 1]);
    expect(again.run.records?.reason).toBe('"artifacts/model/tool" here: kept as it is');
    expect(readFileSync(join(folderOf(other), "artifacts/model/tool"), "utf8")).toBe("mine!");
    expect(readdirSync(join(other.root, ".colophon/incoming"))).toEqual([]);
  });

  test("clones that are shallow or leave blobs out get all that belongs to a run", () => {
    done(repository.colophon(["push", "--records"]));
    remote().git("config", "uploadpack.allowFilter", "true");
    for (const words of [["--depth=1"], ["--filter=blob:none"]]) {
      rmSync(join(place, "other"), { recursive: true, force: true });
      const other = clone("other", ...words);
      const { status, run } = share("pull", other, ["--records"]);
      expect([words, status, run.snapshot?.state, run.records?.state]).toEqual([words, 0, "moved", "moved"]);
      rmSync(join(place, "remote.git.away"), { recursive: true, force: true });
      renameSync(join(place, "remote.git"), join(place, "remote.git.away"));
      expect(other.git("show", `${snapshotRef()}:train.py`)).toBe("print(2)");
      expect(done(other.colophon(["verify"])).stdout).toContain("verified");
      renameSync(join(place, "remote.git.away"), join(place, "remote.git"));
    }
  });

  test("data that stays where the run was made is not here, and no difference", () => {
    repository.write("data.csv", "x\n1\n");
    repository.write(".gitignore", "data.csv\n");
    done(repository.colophon(["run", "--quiet", "--data", "train=data.csv", "--", "true"]));
    const [external = ""] = runIds(repository).filter((one) => one !== id);
    done(repository.colophon(["push", "--records", external]));
    const other = clone("other");
    done(other.colophon(["pull", "--records", external]));
    rmSync(join(repository.root, "data.csv"));
    expect(done(other.colophon(["verify"])).stdout).toBe(`✓ ${external.slice(-6)}  verified  1 not here\n`);
    expect(repository.colophon(["verify", external]).status).toBe(1);
  });

  test("names that are not UTF-8, or hold what shells obey, keep their bytes", () => {
    const name = Buffer.from([0x6e, 0x61, 0xef, 0x0a, 0x22, 0x5c, 0x24, 0x28, 0x29]);
    const kept = join(folderOf(repository), "artifacts/");
    writeFileSync(Buffer.concat([Buffer.from(kept), name]), "odd");
    expect(share("push", repository, ["--records"]).run.records?.state).toBe("moved");
    const other = clone("other");
    expect(share("pull", other, ["--records"]).run.records?.state).toBe("moved");
    const arrived = Buffer.concat([Buffer.from(join(folderOf(other), "artifacts/")), name]);
    expect(readFileSync(arrived, "utf8")).toBe("odd");
  });

  test("what is beyond the cap, a link or no file of a run is left out, and named on both sides", () => {
    symlinkSync("/etc/passwd", join(folderOf(repository), "artifacts/link"));
    writeFileSync(join(folderOf(repository), "artifacts/later.bin"), "x".repeat(5000));
    const { run, status } = share("push", repository, ["--records", "--max-bytes", "4000"]);
    expect(run.records?.left_out).toEqual([
      { path: "artifacts/later.bin", bytes: 5000, reason: "is beyond the cap; --max-bytes raises it" },
      { path: "artifacts/link", bytes: 11, reason: "is a link" },
    ]);
    expect([status, run.records?.state]).toEqual([0, "moved"]);
    const other = clone("other");
    const { stdout } = done(other.colophon(["pull", "--records"]));
    expect(stdout).toContain("    2 files left out by whoever sent it\n");
    expect(readdirSync(join(folderOf(other), "artifacts"))).not.toContain("later.bin");
    expect(done(other.colophon(["verify"])).stdout).toContain("verified");
  });

  test("files that are not those the run recorded are not sent", () => {
    appendFileSync(join(folderOf(repository), "artifacts/model/tool"), "!");
    const { status, run } = share("push", repository, ["--records"]);
    expect([status, run.records?.state]).toEqual([1, "refused"]);
    expect(run.records?.reason).toContain("artifacts/model/tool");
    expect(refsOf(remote())).toHaveLength(2);
  });

  test("a run without an end waits, and logs that nobody searched for secrets stay", () => {
    const running = writeRun(repository, { status: "running" });
    expect(share("push", repository, ["--records", running.id]).run.records?.state).toBe("skipped");
    const at = (path: string) => join(folderOf(repository), path);
    const document = JSON.parse(readFileSync(at("run_manifest.json"), "utf8"));
    document.colophon.result.logs.stdout.complete = false;
    writeFileSync(at("run_manifest.json"), formatDisk(document));
    const unlisted = share("push", repository, ["--records", "--dry-run", id]).run.records;
    expect([unlisted?.state, unlisted?.reason]).toEqual([
      "refused",
      expect.stringContaining("run_manifest.json differs"),
    ]);
    const sums = readFileSync(at("SHA256SUMS"), "utf8");
    const right = sha256(formatDisk(document));
    writeFileSync(at("SHA256SUMS"), sums.replace(/[0-9a-f]{64}(?= {2}run_manifest\.json)/, right));
    const { records } = share("push", repository, ["--records", id]).run;
    expect(records?.state).toBe("moved");
    expect(records?.left_out).toEqual(
      [
        { path: "logs/stderr.log", bytes: 0 },
        { path: "logs/stdout.log", bytes: 8 },
      ].map((file) => ({ ...file, reason: expect.stringContaining("not searched for secrets") })),
    );
    expect(allObjects(remote())).not.toContain(
      repository.git("hash-object", "--no-filters", at("logs/stdout.log")),
    );
  });

  test("trees that no honest push makes are refused, leave nothing, and keep no other run from coming", () => {
    done(repository.colophon(["push", "--records"]));
    const bare = remote();
    const commit = bare.git("rev-parse", recordsRef());
    const blob = bare.git("rev-parse", `${commit}:${id}/metrics.jsonl`);
    const [mine] = [bare.git("rev-parse", `${commit}:${id}`)];
    const tree = (lines: readonly string[]) =>
      bare.call("git", ["hash-object", "-t", "tree", "-w", "--stdin", "--literally"], { input: "" }) &&
      makeTree(bare, lines);
    const inRun = (...lines: string[]) =>
      tree([`040000 tree ${tree([...bare.git("ls-tree", mine).split("\n"), ...lines])}\t${id}`]);
    const hostile: Record<string, string> = {
      "a link out": inRun(`120000 blob ${blob}\tsamples`),
      "a submodule": inRun(`160000 commit ${commit}\tsamples`),
      "Git's own folder": inRun(`040000 tree ${tree([`100644 blob ${blob}\tconfig`])}\t.git`),
      "a folder above": inRun(`040000 tree ${tree([`100644 blob ${blob}\tx`])}\t..`),
      "Git's folder, in capitals": inRun(
        `040000 tree ${tree([`040000 tree ${tree([`100644 blob ${blob}\tconfig`])}\t.GIT`])}\tsamples`,
      ),
      "a file of nobody's": inRun(`100644 blob ${blob}\t.gitattributes`),
      "another folder": tree([`040000 tree ${mine}\tsrc`]),
      "two folders": tree([`040000 tree ${mine}\t${id}`, `100644 blob ${blob}\tREADME.md`]),
      "altered bytes": tree([
        `040000 tree ${tree(
          bare
            .git("ls-tree", mine)
            .split("\n")
            .map((line) => line.replace(/[0-9a-f]{40}(?=\tmanifest\.json)/, blob)),
        )}\t${id}`,
      ]),
      "no record": tree([`040000 tree ${tree([`100644 blob ${blob}\tmetrics.jsonl`])}\t${id}`]),
      "no commit": "",
    };
    const good = `${id.slice(0, -6)}gggggg`;
    const other = clone("other");
    for (const [name, root] of Object.entries(hostile)) {
      const bad = root === "" ? blob : bare.git("commit-tree", "-m", "x", root);
      bare.git("update-ref", recordsRef(), bad);
      const { status, run } = share("pull", other, ["--records"]);
      expect([name, status, run.records?.state]).toEqual([name, 1, "refused"]);
      expect(run.records?.reason).not.toBe("");
      expect([
        name,
        readdirSync(other.root)
          .filter((one) => one !== ".colophon")
          .sort(),
      ]).toEqual([name, [".git", ".gitattributes", "README.md", "train.py"]]);
      expect(refsOf(other).filter((line) => line.includes("records"))).toEqual([]);
    }
    // A second run beside one that Git itself refuses.
    bare.git(
      "update-ref",
      recordsRef(),
      bare.git("commit-tree", "-m", "x", hostile["Git's own folder"] as string),
    );
    const renamed = tree([`040000 tree ${mine}\t${good}`]);
    bare.git("update-ref", recordsRef(good), bare.git("commit-tree", "-m", "x", renamed));
    const { outcome } = share("pull", other, ["--records"]);
    // By id, and both may be of one second.
    expect(outcome.runs.map(({ records }) => records?.reason).sort()).toEqual([
      expect.stringContaining("the folder has another name than the experiment"),
      expect.stringContaining("hasDotgit"),
    ]);
  }, 60_000);

  test("another run under the same id is not mixed with the one that is here", () => {
    done(repository.colophon(["push", "--records"]));
    const other = clone("other");
    mkdirSync(folderOf(other), { recursive: true });
    writeFileSync(join(folderOf(other), "run_manifest.json"), exampleText("run-completed"));
    const { status, run } = share("pull", other, ["--records"]);
    expect([status, run.records?.state, run.records?.reason]).toEqual([
      1,
      "refused",
      "run_manifest.json here has other bytes: another run has this id",
    ]);
    expect(readdirSync(folderOf(other))).toEqual(["run_manifest.json"]);
  });

  test("a records folder that leads out of the project gets nothing (PATH_ESCAPES)", () => {
    done(repository.colophon(["push", "--records"]));
    const other = clone("other");
    mkdirSync(join(place, "outside"));
    mkdirSync(join(other.root, "records"));
    symlinkSync(join(place, "outside"), join(other.root, "records", `${id.slice(0, 4)}-${id.slice(4, 6)}`));
    const { status, run } = share("pull", other, ["--records"]);
    expect([status, run.records?.state]).toEqual([1, "refused"]);
    expect(run.records?.reason).toContain("leads to");
    expect(readdirSync(join(place, "outside"))).toEqual([]);
  });
});

describe("colophon push and pull, when the remote is not as it should be", () => {
  const failed = (words: readonly string[], call?: Call) => {
    const { status, stdout, stderr } = repository.colophon(words, call);
    expect([status, stdout]).toEqual([3, ""]);
    return stderr;
  };

  test("NO_SUCH_REMOTE names those that there are", () => {
    const said = failed(["push", "--remote", "upstream"]);
    expect(said).toContain("NO_SUCH_REMOTE  the repository at");
    expect(said).toContain('has no remote "upstream"; it has origin');
    expect(failed(["pull", "--remote=--upload-pack=x"])).toContain("NO_SUCH_REMOTE");
    expect(repository.colophon(["push", "nothing"]).stderr).toContain("NO_SUCH_RUN");
  });

  test("REMOTE_UNREACHABLE says in Git's words why, and what to type", () => {
    rmSync(join(place, "remote.git"), { recursive: true });
    const said = failed(["push"]);
    expect(said).toContain("REMOTE_UNREACHABLE  origin");
    expect(said).toContain("does not appear to be a git repository");
    expect(said).toContain("git ls-remote origin");
    repository.git("config", "remote.origin.url", `ext::touch ${place}/was-run`);
    repository.git("config", "protocol.ext.allow", "always");
    for (const verb of ["push", "pull"]) expect(failed([verb])).toContain("transport 'ext' not allowed");
    expect(readdirSync(place)).not.toContain("was-run");
  });

  test("credentials are used, and never printed", async () => {
    const secret = "hunter2hunter2";
    const server = spawn(process.execPath, ["-e", loginServer], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const port = await new Promise<string>((resolve) =>
        server.stdout.once("data", (bytes) => resolve(String(bytes).trim())),
      );
      const { git } = repository;
      const asked = join(place, "asked");
      git("config", "remote.origin.url", `http://127.0.0.1:${port}/${encodeURIComponent(asked)}.git`);
      git("config", "credential.helper", `!printf 'username=ada\\npassword=${secret}\\n' #`);
      const byHelper = failed(["push"]);
      expect(readFileSync(asked, "utf8")).toContain(
        `Basic ${Buffer.from(`ada:${secret}`).toString("base64")}`,
      );
      git("config", "--unset", "credential.helper");
      git(
        "config",
        "remote.origin.url",
        `http://ada:${secret}@127.0.0.1:${port}/${encodeURIComponent(asked)}.git`,
      );
      const inAddress = failed(["pull", "--records"]);
      git(
        "config",
        "remote.origin.url",
        `http://${secret}@127.0.0.1:${port}/${encodeURIComponent(asked)}.git`,
      );
      const asToken = failed(["push"]);
      for (const said of [byHelper, inAddress, asToken]) {
        expect(said).toContain("REMOTE_UNREACHABLE");
        expect(said).not.toContain(secret);
      }
    } finally {
      server.kill("SIGKILL");
    }
  });

  test("what a hook of the remote declines is refused, with its words, and the rest arrives", () => {
    const hook = join(place, "remote.git/hooks/update");
    writeFileSync(hook, '#!/bin/sh\ncase "$1" in *records*) exit 1;; esac\n');
    chmodSync(hook, 0o755);
    const { status, run } = share("push", repository, ["--records"]);
    expect([status, run.snapshot?.state, run.records?.state]).toEqual([1, "moved", "refused"]);
    expect(run.records?.reason).toContain("hook declined");
    rmSync(hook);
    const again = share("push", repository, ["--records"]);
    expect([again.status, again.run.snapshot?.state, again.run.records?.state]).toEqual([0, "same", "moved"]);
  });

  test("what is cut off in the middle is an error, and done by the same line again", () => {
    repository.git("config", "remote.origin.receivepack", "git-receive-pack --advertise-refs");
    expect(failed(["push", "--records"])).toMatch(
      /REMOTE_UNREACHABLE .*0 of 2 refs were sent, then the push failed/,
    );
    repository.git("config", "--unset", "remote.origin.receivepack");
    const { status, run } = share("push", repository, ["--records"]);
    expect([status, run.snapshot?.state, run.records?.state]).toEqual([0, "moved", "moved"]);
    const other = clone("other");
    other.git(
      "config",
      "remote.origin.uploadpack",
      `f() { n=$(cat ${place}/n 2>/dev/null); echo x$n > ${place}/n; if [ -z "$n" ]; then git-upload-pack "$@"; else exit 1; fi; }; f`,
    );
    const cut = other.colophon(["pull", "--records"]);
    expect([cut.status, cut.stderr.includes("REMOTE_UNREACHABLE")]).toEqual([3, true]);
    expect(refsOf(other).filter((line) => line.includes("colophon"))).toEqual([]);
    other.git("config", "--unset", "remote.origin.uploadpack");
    expect(share("pull", other, ["--records"])).toMatchObject({
      status: 0,
      run: { records: { state: "moved" } },
    });
  });
});

/** Asks for a login, and writes what it was given into the file that the path names. */
const loginServer = `
const { appendFileSync } = require("node:fs");
const server = require("node:http").createServer((request, response) => {
  const given = request.headers.authorization;
  const [, file] = /^\\/([^/]*)\\.git/.exec(request.url) ?? [];
  if (given === undefined) return response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end();
  appendFileSync(decodeURIComponent(file), given + "\\n");
  response.writeHead(403).end();
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

/** Entries as \`git ls-tree\` prints them; Git itself would refuse some of the names. */
function makeTree({ root, env, call }: Repository, lines: readonly string[]): string {
  const entries = lines.map((line) => {
    const [facts = "", name = ""] = line.split("\t");
    const [mode = "", , oid = ""] = facts.split(" ");
    return {
      name,
      key: mode === "040000" ? `${name}/` : name,
      bytes: Buffer.concat([Buffer.from(`${mode.replace(/^0/, "")} ${name}\0`), Buffer.from(oid, "hex")]),
    };
  });
  const sorted = entries.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ bytes }) => bytes);
  const file = join(root, "tree.tmp");
  writeFileSync(file, Buffer.concat(sorted));
  const { stdout } = call("git", ["hash-object", "-t", "tree", "-w", "--literally", file], { env });
  rmSync(file);
  return stdout.trim();
}
