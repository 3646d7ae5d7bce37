import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { exampleText } from "./recorded-run.js";
import { cli, makeRepository, type Repository } from "./repository.js";
import { stateOf } from "./repository-state.js";

const moments = process.env.COLOPHON_TEST_LONG ? 500 : 50;

/** The hook becomes the program, so the number it writes here first is the hook's to its end. */
const announcing = (number: string) =>
  `#!/bin/sh\necho $$ >${number}.new && mv ${number}.new ${number}\nexec ${cli} "$@"\n`;

async function killHook(
  { root, env }: Repository,
  number: string,
  delay: number,
): Promise<NodeJS.Signals | "ended"> {
  const git = spawn("git", ["commit", "--message=Study"], { cwd: root, env, stdio: "ignore" });
  const ended = new Promise<number | null>((resolve) => git.once("exit", resolve));
  while (!existsSync(number) && git.exitCode === null) await wait(1);
  const hook = Number(readFileSync(number, "utf8"));
  await wait(delay);
  let killed: NodeJS.Signals | "ended" = "SIGKILL";
  try {
    process.kill(hook, "SIGKILL");
  } catch {
    killed = "ended";
  }
  expect(await ended).toBe(1);
  return killed;
}

describe("the hook, killed", () => {
  test(
    `at ${moments} moments leaves index, work tree, stash and refs as they were`,
    async () => {
      const repository = makeRepository();
      const number = join(repository.root, "../hook.pid");
      const shim = join(repository.root, "../shim");
      repository.write("../shim", announcing(number), 0o755);
      expect(repository.colophon(["hooks", "install"]).status).toBe(0);
      repository.write("README.md", "# Put away\n");
      repository.git("stash");
      repository.write("README.md", "# Staged\n");
      repository.write(
        "study/run_manifest.json",
        exampleText("run-completed").replace('"completed"', '"finished"'),
      );
      repository.git("add", ".");
      repository.write("README.md", "# Not staged\n");
      repository.write("new.txt", "untracked\n");
      const before = stateOf(repository);
      const outcomes = { SIGKILL: 0, ended: 0 } as Record<string, number>;
      const called = { ...repository, env: { ...repository.env, COLOPHON: shim } };
      for (let moment = 0; moment < moments; moment += 1) {
        rmSync(number, { force: true });
        const outcome = await killHook(called, number, (moment * 89) % 60);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        expect(stateOf(repository)).toEqual(before);
        expect(existsSync(join(repository.root, ".git/index.lock"))).toBe(false);
      }
      process.stdout.write(`hook killed: ${outcomes.SIGKILL} of ${moments} times before its end\n`);
      expect(outcomes.SIGKILL).toBeGreaterThan(moments / 4);
      repository.remove();
    },
    moments * 10_000,
  );
});
