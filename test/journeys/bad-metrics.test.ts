import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { MetricsSummary } from "../../src/generated/types.js";
import { cli, makeRepository, type Repository } from "./repository.js";

const isLong = process.env.COLOPHON_TEST_LONG !== undefined;
/** Of one line: in its long form a gigabyte. */
const longLine = isLong ? 1_000_000_000 : 60_000_000;

let repository: Repository;
beforeEach(() => {
  repository = makeRepository();
});
afterEach(() => repository.remove());

function run(script: string, ...flags: string[]) {
  repository.write("job.sh", script);
  const words = ["run", "--synthetic-seed", "1", ...flags, "--", "sh", "job.sh"];
  return described(repository.colophon(words));
}

function described<Outcome extends { readonly stderr: string }>(outcome: Outcome) {
  const shown = /record +(\S+)/.exec(outcome.stderr)?.[1] ?? "";
  const read = (path: string) => {
    const place = join(repository.root, shown, path);
    return existsSync(place) ? readFileSync(place, "utf8") : "null";
  };
  const summary = JSON.parse(read("00_run_metadata/metrics_summary.json")) as MetricsSummary | null;
  return { ...outcome, shown, summary, manifest: JSON.parse(read("run_manifest.json")) };
}

describe("a wrapped command whose metrics are bad", () => {
  test("has every line that is none counted by its number, and ends as it would", () => {
    const { status, stdout, stderr, summary, shown } = run(`
      m="$COLOPHON_METRICS"
      echo '{"step":1,"metrics":{"loss":1}}' >>"$m"
      echo 'epoch 3 loss 0.2' >>"$m"
      head -c 3000 /dev/urandom | tr -d '\\n' >>"$m"; echo >>"$m"
      echo '{"step":2,"metrics":{"loss":"high"}}' >>"$m"
      echo '{"step":3,"metrics":{"loss":[1],"acc":0.5}}' >>"$m"
      printf '{"step":4,"metrics":{"a\\\\u0007b":1,"loss":2}}\\n' >>"$m"
      printf '{"step":5,"metrics":{"a\\tb":1}}\\n' >>"$m"
      echo '{"step":"six","metrics":{"loss":1}}' >>"$m"
      printf '{"step":7,"metrics":{"loss":3}}' >>"$m"
      echo done; exit 5`);
    expect({ status, stdout }).toEqual({ status: 5, stdout: "done\n" });
    expect(summary?.metrics.loss).toMatchObject({ count: 3, last: { value: 3, step: 7 } });
    expect(summary?.metrics.acc).toMatchObject({ count: 1 });
    expect(Object.keys(summary?.metrics ?? {}).sort()).toEqual(["acc", "loss"]);
    expect(summary?.unread).toEqual([
      { path: "metrics.jsonl", torn: 0, bad: 7, lines: [2, 3, 4, 5, 6, 7, 8], reason: null },
    ]);
    expect(stderr).toContain("metrics.jsonl: 7 lines not read as metrics (line 2, 3, 4, 5, 6, …)");
    expect(repository.colophon(["show", shown]).stdout).toMatch(/metrics\.jsonl/);
    expect(repository.colophon(["plot", shown, "--metric", "loss"]).status).toBe(0);
    expect(repository.colophon(["verify", shown]).status).toBe(0);
  });

  test("says with --quiet too what did not get into the record, and nothing else", () => {
    const script = `echo '{"metrics":{"loss":1}}' >>"$COLOPHON_METRICS"`;
    expect(run(script, "--quiet").stderr).toBe("");
    const { status, stderr } = run(
      `${script}; echo nonsense >>"$COLOPHON_METRICS"; echo step 1`,
      "--quiet",
      ...["--artifact", "model=model.bin", "--metric-pattern", "epoch {step} loss {loss}"],
    );
    expect(status).toBe(0);
    expect(stderr.replaceAll(/△ \w{6} {2}/g, "△ RUN  ").split("\n")).toEqual([
      "┃ △ RUN  metrics.jsonl: 1 line not read as metrics (line 2)",
      '┃ △ RUN  --metric-pattern "epoch {step} loss {loss}" matched no line',
      expect.stringMatching(/^┃ △ RUN {2}artifact model: .+/),
      "",
    ]);
  });

  test(`has a line of ${longLine} bytes passed over, and what is behind it read`, () => {
    const { status, summary, manifest } = run(
      `echo '{"step":1,"metrics":{"loss":1}}' >>"$COLOPHON_METRICS"
      head -c ${longLine} /dev/zero | tr '\\0' x >>"$COLOPHON_METRICS"; echo >>"$COLOPHON_METRICS"
      echo '{"step":2,"metrics":{"loss":2}}' >>"$COLOPHON_METRICS"
      head -c ${Math.min(longLine, 50_000_000)} /dev/zero | tr '\\0' y; echo; echo "step 3 acc 4"`,
      "--metric-pattern",
      "step {step} acc {acc}",
      "--quiet",
    );
    expect(status).toBe(0);
    const { stderr, stdout } = repository.colophon(["ls", "--json"]);
    expect(stderr).toBe("");
    const [listed] = JSON.parse(stdout).runs;
    const read = (path: string) => JSON.parse(readFileSync(join(listed.folder, path), "utf8"));
    const found = summary ?? (read("00_run_metadata/metrics_summary.json") as MetricsSummary);
    expect(found.metrics.loss).toMatchObject({ count: 2, last: { value: 2 } });
    expect(found.metrics.acc).toMatchObject({ count: 1, last: { value: 4, step: 3 } });
    expect(found.unread).toMatchObject([{ path: "metrics.jsonl", bad: 1, lines: [2] }]);
    const facts = (manifest ?? read("run_manifest.json")).colophon.console;
    expect(facts).toMatchObject({ lines_too_long: 1, whole: true, written: 1 });
  }, 300_000);

  test("ends as it would where it takes the right to write away", () => {
    const asUser = process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--clear-groups"] : [];
    if (asUser.length > 0 && spawnSync(asUser[0] as string, [...asUser.slice(1), "true"]).status !== 0) {
      process.stderr.write("skipped: a folder is never read-only for root, and nobody else can be had\n");
      return;
    }
    if (asUser.length > 0) repository.call("chown", ["-R", "65534", join(repository.root, "..")]);
    repository.write(
      "job.sh",
      `chmod 0555 "$COLOPHON_RUN_DIR" "$COLOPHON_RUN_DIR/00_run_metadata"
      echo '{"metrics":{"loss":1}}' >>"$COLOPHON_METRICS"; echo "status $?"; exit 6`,
      0o755,
    );
    const words = [...asUser, process.execPath, cli, "run", "--synthetic-seed", "1", "--", "sh", "job.sh"];
    const { status, stdout, stderr } = repository.call(words[0] as string, words.slice(1));
    expect(status).toBe(6);
    expect(stdout).toMatch(/^status [12]\n$/);
    expect(stderr).toMatch(/WRITE_REFUSED|not.*(?:written|writable|recorded)|cannot be written/);
    repository.call("chmod", ["-R", "u+w", repository.root]);
  });

  const mayMount = spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]).status === 0;
  (mayMount ? test : test.skip)(
    `ends as it would on a full disk, and hears of it${mayMount ? "" : " (skipped: no right to mount)"}`,
    () => {
      // The disk of the records alone; filled by the command, and by what Colophon wants to put there.
      repository.write(
        "job.sh",
        `head -c 100000000 /dev/zero >"$COLOPHON_RUN_DIR/fill" 2>/dev/null
        echo '{"step":1,"metrics":{"loss":1}}' >>"$COLOPHON_METRICS" 2>/dev/null; echo "said"; exit 4`,
      );
      repository.call("mkdir", ["records"]);
      const script = `mount -t tmpfs -o size=400k tmpfs records && "$1" "$2" run --synthetic-seed 1 --metric-pattern 'loss {loss}' -- sh job.sh`;
      const { status, stdout, stderr } = repository.call("unshare", [
        "-m",
        "sh",
        "-c",
        script,
        "sh",
        process.execPath,
        cli,
      ]);
      expect({ status, stdout }).toEqual({ status: 4, stdout: "said\n" });
      expect(stderr).toMatch(/full|ENOSPC/);
    },
  );
});
