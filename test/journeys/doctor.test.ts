import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, utimesSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { RunManifest } from "../../src/kinds/run/run.js";
import { expectOutput } from "./matches-schema.js";
import { watchRuns, writeRun } from "./recorded-run.js";
import { cli, makeRepository, type Repository } from "./repository.js";

let repository: Repository;
/** What the commands wait for; they end too when the folder around it is gone. */
let go: string;
let place: string;

beforeEach(() => {
  repository = makeRepository();
  place = join(repository.root, "..");
  go = join(place, "go");
  repository.write(".gitignore", "private\n");
  // Goes on when it is told to, and then prints what it must not.
  repository.write(
    "train.sh",
    `echo epoch 1
     while [ -d ${place} ] && ! [ -e ${go} ]; do sleep 0.02; done
     echo "export API_KEY=${secret}"
     echo done\n`,
  );
  repository.commit("train");
});

afterEach(() => repository.remove());

const secret = "q7Xw9ZkP2mVn4RtY8sBd1FgH";

interface Problem {
  readonly code: string;
  readonly severity: string;
  readonly run: string | null;
  readonly path: string;
  readonly message: string;
  readonly hint: string;
}

interface Doctor {
  readonly status: number | null;
  readonly running: readonly string[];
  readonly problems: readonly Problem[];
  readonly repairs: {
    readonly runs: readonly {
      readonly run: string;
      readonly action: string;
      readonly reason: string;
      readonly logs: readonly { readonly path: string; readonly redactions: object }[];
    }[];
    readonly removed: readonly string[];
  } | null;
}

function doctor(...words: string[]): Doctor {
  const { status, stdout, stderr } = repository.colophon(["doctor", "--json", ...words]);
  expect(stderr).toBe("");
  return { ...(expectOutput("cli_doctor", stdout) as unknown as Doctor), status };
}

function refusal(...words: string[]): [number | null, string] {
  const { status, stderr } = repository.colophon(words);
  return [status, stderr];
}

interface StartedRun {
  readonly id: string;
  readonly suffix: string;
  readonly folder: string;
  readonly pid: number;
  readonly kill: () => Promise<void>;
}

/** A run whose command has printed its first line, with a tracker of its own. */
async function startRun(...command: string[]): Promise<StartedRun> {
  const newRuns = watchRuns(repository);
  const words = ["run", "--quiet", "--synthetic-seed", "1", "--", ...command];
  const tracker = spawn(process.execPath, [cli, ...words], {
    cwd: repository.root,
    env: repository.env,
    stdio: ["ignore", "ignore", "ignore"],
  });
  const exited = new Promise<void>((resolve) => tracker.on("exit", () => resolve()));
  const begun = () =>
    newRuns().find((folder) => {
      const log = join(folder, "logs/stdout.log");
      return existsSync(log) && statSync(log).size > 0;
    });
  await until(() => begun() !== undefined);
  const folder = relative(repository.root, begun() as string);
  const id = basename(folder);
  return {
    id,
    suffix: id.slice(-6),
    folder,
    pid: tracker.pid as number,
    kill: async () => {
      tracker.kill("SIGKILL");
      await exited;
    },
  };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo(); waited += 20) {
    if (waited > 20_000) throw new Error("waited for twenty seconds");
    await setTimeout(20);
  }
}

/** The command ends, and what kept its output ends with it. */
async function endCommand({ folder }: StartedRun): Promise<void> {
  repository.write("../go", "");
  await until(() => repository.read(`${folder}/logs/stdout.log`).endsWith("done\n"));
  await until(() => !doctor().problems.some(({ message }) => /writes? its logs/.test(message)));
}

const linesOf = (folder: string) =>
  repository
    .read(`${folder}/reconciled.jsonl`)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

/** One that says no more of itself than that it runs. */
function writeRunning(suffix = "k3f9q2") {
  const run = writeRun(repository, { suffix, status: "running" });
  for (const name of ["config.resolved.json", "input_data_provenance.json"])
    repository.write(`${run.folder}/00_run_metadata/${name}`, "{}\n");
  return run;
}

describe("a run whose tracker is killed with SIGKILL (rel-R1, rel-R64, P3)", () => {
  test("is lost for doctor, on record only when that is asked for, and can be committed then", async () => {
    const run = await startRun("sh", "train.sh");
    expect(doctor()).toMatchObject({ status: 0, running: [run.id], problems: [], repairs: null });
    await run.kill();
    const manifest = repository.read(`${run.folder}/run_manifest.json`);

    const going = doctor();
    expect(going.status).toBe(1);
    expect(going.problems).toEqual([
      {
        code: "RUN_LOST",
        severity: "warning",
        run: run.id,
        path: run.folder,
        message: expect.stringMatching(new RegExp(`process ${run.pid}, is gone; its command goes on`)),
        hint: expect.stringMatching(/^Wait until/),
      },
    ]);
    expect(refusal("doctor", "--reconcile", run.suffix)).toEqual([
      3,
      expect.stringMatching(/LOG_STILL_WRITTEN.*its command goes on/s),
    ]);
    expect(doctor("--reconcile")).toMatchObject({ status: 1, repairs: { runs: [{ action: "waiting" }] } });
    expect(existsSync(join(repository.root, run.folder, "reconciled.jsonl"))).toBe(false);

    await endCommand(run);
    expect(repository.read(`${run.folder}/logs/stdout.log`)).toContain(secret);
    expect(doctor().problems).toMatchObject([
      { code: "RUN_LOST", hint: `Type: colophon doctor --reconcile ${run.suffix}` },
    ]);
    expect(refusal("commit", run.suffix)).toEqual([
      3,
      expect.stringMatching(new RegExp(`RUN_LOST.*colophon doctor --reconcile ${run.suffix}`, "s")),
    ]);

    const dry = doctor("--reconcile", "--dry-run");
    const logs = [{ path: "logs/stdout.log", redactions: { "named-key": 1 } }];
    expect(dry).toMatchObject({ status: 1, repairs: { runs: [{ run: run.id, action: "lost", logs }] } });
    expect(repository.read(`${run.folder}/logs/stdout.log`)).toContain(secret);
    expect(existsSync(join(repository.root, run.folder, "reconciled.jsonl"))).toBe(false);

    expect(doctor("--reconcile")).toMatchObject({ status: 0, repairs: { runs: [{ action: "lost", logs }] } });
    expect(repository.read(`${run.folder}/logs/stdout.log`)).toBe(
      "epoch 1\nexport API_KEY=«redacted:named-key»\ndone\n",
    );
    expect(statSync(join(repository.root, run.folder, "logs/stdout.log")).mode & 0o777).toBe(0o600);
    const { boot_id, pid_namespace, pid, start_time } = processOf(manifest);
    const reason = `its tracker, process ${run.pid}, is gone`;
    expect(linesOf(run.folder)).toEqual([
      {
        reconciliation_version: 1,
        time: expect.stringMatching(/^20.*Z$/),
        by: "Ada <ada@example.org>",
        decision: "lost",
        reason,
        process: { boot_id, pid_namespace, pid, start_time },
        observed: { state: "lost", reason },
        logs,
      },
    ]);
    expect(repository.read(`${run.folder}/run_manifest.json`)).toBe(manifest);
    expect(doctor()).toMatchObject({ status: 0, problems: [] });

    expect(repository.colophon(["validate"]).status).toBe(0);
    expect(repository.colophon(["commit", run.suffix]).status).toBe(0);
    const committed = repository.git("show", "--name-only", "--format=", "HEAD").split("\n");
    expect(committed).toContain(`${run.folder}/reconciled.jsonl`);
    expect(committed.filter((path) => path.includes("/logs/"))).toEqual([]);
    expect(repository.git("status", "--porcelain")).toBe("");
  });

  test("can be reconciled again without a second line, and taken back", async () => {
    const run = await startRun("sh", "train.sh");
    await run.kill();
    await endCommand(run);
    expect(refusal("doctor", "--reconcile", "--undo", run.suffix)).toEqual([
      3,
      expect.stringContaining("NOT_RECONCILED"),
    ]);
    expect(repository.colophon(["doctor", "--reconcile", run.suffix]).stderr).toMatch(
      new RegExp(`recorded as lost.*1 named-key in logs/stdout.log.*--undo ${run.suffix}`, "s"),
    );
    expect(doctor("--reconcile")).toMatchObject({ status: 0, repairs: { runs: [] } });
    expect(doctor("--reconcile", run.suffix).repairs?.runs).toMatchObject([{ action: "unchanged" }]);
    expect(linesOf(run.folder)).toHaveLength(1);

    expect(doctor("--reconcile", "--undo", run.suffix).repairs?.runs).toMatchObject([{ action: "reverted" }]);
    expect(doctor("--reconcile", "--undo", run.suffix).repairs?.runs).toMatchObject([
      { action: "unchanged" },
    ]);
    expect(linesOf(run.folder).map(({ decision }) => decision)).toEqual(["lost", "reverted"]);
    expect(refusal("commit", run.suffix)).toEqual([3, expect.stringContaining("RUN_LOST")]);
    // Nobody is asked again what they have taken back; who names the run decides anew.
    expect(doctor()).toMatchObject({ status: 0, problems: [{ code: "RUN_LOST", severity: "notice" }] });
    expect(doctor("--reconcile").repairs?.runs).toEqual([]);
    expect(doctor("--reconcile", run.suffix).repairs?.runs).toMatchObject([{ action: "lost" }]);
    expect(linesOf(run.folder)).toHaveLength(3);
  });

  test("is lost also when another process has its number by now (rel-R62)", async () => {
    const run = await startRun("sh", "train.sh");
    const path = `${run.folder}/run_manifest.json`;
    const manifest = repository.read(path);
    const { start_time } = processOf(manifest);
    repository.write(
      path,
      manifest.replace(`"start_time": ${start_time}`, `"start_time": ${start_time - 1}`),
    );
    expect(doctor().problems).toMatchObject([
      { code: "RUN_LOST", message: expect.stringMatching(`process ${run.pid} is another one now`) },
    ]);
    repository.write(path, manifest);
    await run.kill();
  });
});

function processOf(manifest: string) {
  const { process } = (JSON.parse(manifest) as RunManifest).colophon as {
    process: { boot_id: string; pid_namespace: string; pid: number; start_time: number };
  };
  return process;
}

describe("colophon doctor --reconcile RUN", () => {
  test("refuses a run that is running and one that has ended, and touches none of those named with them", async () => {
    const lost = await startRun("sh", "train.sh");
    await lost.kill();
    await endCommand(lost);
    repository.call("rm", [go]);
    const running = await startRun("sh", "train.sh");
    const { folder } = writeRun(repository);
    const before = repository.read(`${running.folder}/run_manifest.json`);
    expect(refusal("doctor", "--reconcile", lost.suffix, running.suffix)).toEqual([
      3,
      expect.stringMatching(new RegExp(`RUN_STILL_RUNNING.*process ${running.pid}, lives`, "s")),
    ]);
    expect(refusal("doctor", "--reconcile", lost.suffix, "k3f9q2")).toEqual([
      3,
      expect.stringMatching(/RUN_HAS_ENDED.*is completed/s),
    ]);
    expect(refusal("commit", running.suffix)).toEqual([3, expect.stringContaining("RUN_STILL_RUNNING")]);
    for (const place of [lost.folder, running.folder, folder])
      expect(existsSync(join(repository.root, place, "reconciled.jsonl"))).toBe(false);
    doctor("--reconcile");
    expect(linesOf(lost.folder)).toHaveLength(1);
    expect(existsSync(join(repository.root, running.folder, "reconciled.jsonl"))).toBe(false);
    expect(repository.read(`${running.folder}/run_manifest.json`)).toBe(before);
    await running.kill();
  });

  test("takes one that cannot be looked at from here only when it is named", () => {
    const { id, folder } = writeRunning();
    expect(doctor()).toMatchObject({
      status: 0,
      problems: [{ code: "RUN_UNKNOWN", severity: "notice", run: id }],
    });
    expect(doctor("--reconcile").repairs?.runs).toEqual([]);
    expect(refusal("commit", "k3f9q2")).toEqual([
      3,
      expect.stringMatching(/RUN_STILL_RUNNING.*doctor --reconcile k3f9q2/s),
    ]);
    expect(doctor("--reconcile", "k3f9q2").repairs?.runs).toMatchObject([{ action: "lost" }]);
    expect(linesOf(folder)).toMatchObject([
      {
        by: "Ada <ada@example.org>",
        reason: expect.stringMatching(/^declared lost by name; /),
        observed: { state: "unknown" },
      },
    ]);
    expect(repository.colophon(["commit", "k3f9q2"]).status).toBe(0);
  });

  test("says that a run on record as lost lives after all", async () => {
    const run = await startRun("sh", "train.sh");
    const line = {
      reconciliation_version: 1,
      time: "2026-11-21T08:00:00.000Z",
      by: null,
      decision: "lost",
      reason: "a mistake",
      process: null,
      observed: { state: "unknown", reason: null },
      logs: [],
    };
    repository.write(`${run.folder}/reconciled.jsonl`, `${JSON.stringify(line)}\n`);
    expect(doctor()).toMatchObject({
      status: 1,
      running: [run.id],
      problems: [{ code: "RECONCILED_WHILE_RUNNING" }],
    });
    expect(refusal("commit", run.suffix)).toEqual([3, expect.stringContaining("RUN_STILL_RUNNING")]);
    expect(doctor("--reconcile", "--undo", run.suffix).status).toBe(0);
    expect(doctor()).toMatchObject({ status: 0, problems: [] });
    await run.kill();
  });

  test("leaves alone what a link in the place of logs leads to (P4)", () => {
    const { folder } = writeRunning();
    repository.write("private/notes.log", `API_KEY=${secret}\n`);
    repository.call("rm", ["-r", `${folder}/logs`]);
    symlinkSync(join(repository.root, "private"), join(repository.root, folder, "logs"));
    expect(doctor("--reconcile", "k3f9q2").repairs?.runs).toMatchObject([{ action: "lost", logs: [] }]);
    expect(repository.read("private/notes.log")).toContain(secret);
  });
});

describe("logs of a run that has ended", () => {
  test("are searched for secrets when children of the command wrote to them after its end", async () => {
    const orphan = `echo epoch 1; (while [ -d ${place} ] && ! [ -e ${go} ]; do sleep 0.02; done; echo "API_KEY=${secret}"; echo done) & exit 0`;
    const run = await startRun("sh", "-c", orphan);
    await until(() => !repository.read(`${run.folder}/run_manifest.json`).includes('"status": "running"'));
    expect(doctor()).toMatchObject({
      status: 1,
      problems: [{ code: "LOG_NOT_SCANNED", message: expect.stringMatching(/its command goes on/) }],
    });
    await endCommand(run);
    expect(repository.read(`${run.folder}/logs/stdout.log`)).toContain(secret);
    const sums = repository.call("sha256sum", ["-c", "SHA256SUMS"], { directory: run.folder });
    expect(sums.status).toBe(0);
    expect(doctor("--reconcile")).toMatchObject({ status: 0, repairs: { runs: [{ action: "scanned" }] } });
    expect(repository.read(`${run.folder}/logs/stdout.log`)).not.toContain(secret);
    expect(linesOf(run.folder)).toMatchObject([{ decision: "scanned", observed: { state: "completed" } }]);
    expect(doctor()).toMatchObject({ status: 0, problems: [] });
    expect(repository.call("sha256sum", ["-c", "SHA256SUMS"], { directory: run.folder }).status).toBe(0);
  });
});

describe("colophon doctor", () => {
  test("says of a project without runs that there is nothing to do, and writes nothing", () => {
    const before = repository.git("status", "--porcelain", "--ignored");
    const { status, stdout, stderr } = repository.colophon(["doctor"]);
    expect([status, stdout]).toEqual([0, ""]);
    expect(stderr).toMatch(/0 runs looked at.*nothing to do/);
    expect(repository.git("status", "--porcelain", "--ignored")).toBe(before);
  });

  test("names runs that cannot be read, and goes on past them", () => {
    const torn = writeRun(repository, { suffix: "aaaaaa" });
    repository.write(`${torn.folder}/run_manifest.json`, '{"manifest_version": 3,');
    const half = writeRun(repository, { suffix: "bbbbbb" });
    repository.call("rm", [`${half.folder}/run_manifest.json`]);
    const elsewhere = writeRun(repository, { suffix: "cccccc" });
    repository.call("rm", ["-r", ...elsewhere.tracked]);
    const unknown = writeRunning("dddddd");
    const { status, problems } = doctor();
    expect(status).toBe(1);
    expect(problems).toMatchObject([
      { code: "RECORD_TRUNCATED", severity: "error", run: torn.id },
      { code: "RUN_HALF_HERE", severity: "warning", run: half.id },
      { code: "RUN_ON_ANOTHER_BRANCH", severity: "notice", run: elsewhere.id },
      { code: "RUN_UNKNOWN", run: unknown.id },
    ]);
    expect(repository.colophon(["doctor"]).stdout).toMatch(/aaaaaa .*RECORD_TRUNCATED/);
    const repair = repository.colophon(["doctor", "--reconcile"]);
    expect(repair).toMatchObject({ status: 1, stdout: expect.stringContaining("RECORD_TRUNCATED") });
    expect(repair.stderr).toContain("nothing to repair");
  });

  test("names broken lines of reconciled.jsonl, and reads the others", () => {
    const { folder } = writeRunning();
    doctor("--reconcile", "k3f9q2");
    const line = repository.read(`${folder}/reconciled.jsonl`);
    repository.write(`${folder}/reconciled.jsonl`, `{"decision": "lost"}\n{"a": 1, "a": 2}\n${line}{"time`);
    const { problems } = doctor();
    expect(problems.map(({ code, path }) => [code, path])).toEqual(
      [1, 2, 4].map(() => ["BAD_RECONCILED_LINE", `${folder}/reconciled.jsonl`]),
    );
    expect(problems.map(({ message }) => message.split(" ")[0])).toEqual([
      "reconciled.jsonl:1",
      "reconciled.jsonl:2",
      "reconciled.jsonl:4",
    ]);
    // The line that somebody left without its end stays apart from the next.
    expect(doctor("--reconcile", "--undo", "k3f9q2").repairs?.runs).toMatchObject([{ action: "reverted" }]);
    expect(doctor().problems.filter(({ code }) => code === "BAD_RECONCILED_LINE")).toHaveLength(3);
  });

  test("clears away what dead trackers left in .colophon/live, and nothing that is in use", async () => {
    const live = (name: string) => join(repository.root, ".colophon/live", name);
    const [left, used, fresh] = ["0123456789abcdef", "1123456789abcdef", "2123456789abcdef"] as const;
    for (const name of [left, used, fresh]) mkdirSync(live(name), { recursive: true });
    const user = spawn("sh", ["-c", "echo ready; read -r end"], {
      cwd: live(used),
      stdio: ["pipe", "pipe", "inherit"],
    });
    await new Promise((resolve) => user.stdout.once("data", resolve));
    for (const name of [left, used]) utimesSync(live(name), 1, 1);
    expect(doctor()).toMatchObject({
      status: 1,
      problems: [{ code: "LIVE_LEFTOVER", run: null, path: `.colophon/live/${left}` }],
    });
    expect(doctor("--reconcile", "--dry-run").repairs?.removed).toEqual([`.colophon/live/${left}`]);
    expect(readdirSync(join(repository.root, ".colophon/live"))).toHaveLength(3);
    expect(doctor("--reconcile")).toMatchObject({
      status: 0,
      repairs: { removed: [`.colophon/live/${left}`] },
    });
    expect(readdirSync(join(repository.root, ".colophon/live")).sort()).toEqual([used, fresh]);
    user.kill();
  });

  test("refuses words that only make sense with --reconcile", () => {
    expect(refusal("doctor", "--undo", "k3f9q2")).toEqual([
      2,
      expect.stringMatching(/RECONCILE_NOT_ASKED.*colophon doctor --reconcile --undo k3f9q2/s),
    ]);
    expect(refusal("doctor", "--dry-run")).toEqual([2, expect.stringContaining("RECONCILE_NOT_ASKED")]);
    expect(refusal("doctor", "k3f9q2")).toEqual([2, expect.stringContaining("RECONCILE_NOT_ASKED")]);
    expect(refusal("doctor", "--reconcile", "--undo")).toEqual([2, expect.stringContaining("NO_RUN_NAMED")]);
    expect(refusal("doctor", "--reconcile", "k3f9q2")).toEqual([2, expect.stringContaining("NO_SUCH_RUN")]);
  });
});
