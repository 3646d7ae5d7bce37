import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { defaultRules, kinds } from "../../src/kinds/table.js";
import { validateDocument } from "../../src/manifest/validate.js";
import { watchRuns } from "./recorded-run.js";
import { cli, makeRepository, type Repository } from "./repository.js";

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
  // Prints numbered lines for a while, some of them in two halves, then says that it is done.
  repository.write(
    "train.mjs",
    `import { writeFileSync, writeSync } from "node:fs";
     import { setTimeout } from "node:timers/promises";
     for (let step = 0; step < 300; step += 1) {
       writeSync(1, "step " + step);
       if (step % 3 === 0) await setTimeout(2);
       writeSync(1, " loss\\n");
       writeSync(2, "warning " + step + "\\n");
     }
     writeFileSync(process.argv[2], "done");\n`,
  );
  repository.commit("train");
});
afterAll(() => repository.remove());

describe("a run whose tracker is killed with SIGKILL (rel-R1, P1-P3)", () => {
  const steps = Array.from({ length: 300 }, (_, step) => step);
  const printed = {
    stdout: steps.map((step) => `step ${step} loss\n`).join(""),
    stderr: steps.map((step) => `warning ${step}\n`).join(""),
  };
  const rounds = process.env.COLOPHON_TEST_LONG ? 100 : 12;

  test(`finishes its command, keeps its logs whole, and never claims success, ${rounds} times`, async () => {
    let killedWhileRunning = 0;
    let whole = 0;
    for (let round = 0; round < rounds; round += 1) {
      const newRuns = watchRuns(repository);
      const done = join(repository.root, "..", `done-${round}`);
      const tracker = spawn(
        process.execPath,
        [cli, "run", "--quiet", "--synthetic-seed", "1", "--", process.execPath, "train.mjs", done],
        {
          cwd: repository.root,
          env: repository.env,
          stdio: ["ignore", "pipe", "pipe"],
        },
      );
      tracker.stdout.resume();
      tracker.stderr.resume();
      const begun = () => newRuns().find((folder) => existsSync(join(folder, "logs/stdout.log")));
      while (begun() === undefined) await setTimeout(2);
      const folder = begun()!;
      await setTimeout(10 + ((round * 17) % 120));
      tracker.kill("SIGKILL");
      if (!existsSync(done)) killedWhileRunning += 1;
      // It is there a moment before its text is.
      const said = () => (existsSync(done) ? readFileSync(done, "utf8") : "");
      for (let waited = 0; said() !== "done" && waited < 20_000; waited += 20) await setTimeout(20);
      expect(said()).toBe("done");
      const isWhole = () =>
        Object.entries(printed).every(
          ([name, text]) => readFileSync(join(folder, `logs/${name}.log`), "utf8") === text,
        );
      for (let waited = 0; !isWhole() && waited < 20_000; waited += 20) await setTimeout(20);
      if (isWhole()) whole += 1;
      const run = JSON.parse(readFileSync(join(folder, "run_manifest.json"), "utf8")) as Record<
        string,
        unknown
      >;
      expect(validateDocument(run, kinds.run, defaultRules())).toEqual([]);
      if (run.status !== "completed") expect(run).toMatchObject({ status: "running", finished_at: null });
    }
    console.log(
      `${killedWhileRunning} of ${rounds} trackers were killed while their command ran; the logs of ${whole} were whole`,
    );
    expect(killedWhileRunning).toBeGreaterThan(0);
    expect(whole).toBe(rounds);
  });
});
