import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { makeFigureProject, specOf } from "./figure-project.js";
import { cli, type Repository } from "./repository.js";

let repository: Repository;

beforeAll(() => {
  repository = makeFigureProject();
});
afterAll(() => repository.remove());

function start(name: string): ChildProcess {
  const { root, env } = repository;
  return spawn(process.execPath, [cli, "figure", "record", `build/${name}.json`], {
    cwd: root,
    env,
    stdio: "ignore",
  });
}

function specNamed(name: string): string {
  repository.write(`build/${name}.json`, JSON.stringify({ ...specOf(repository, "table"), name }));
  return name;
}

function indexed(): string[] {
  const { figures } = JSON.parse(repository.read("dist/artifacts/manifest.json")) as {
    figures: { id: string }[];
  };
  return figures.map(({ id }) => id.split(".")[0] as string).sort();
}

describe("figures that are recorded at the same time", () => {
  test("are all in the index", async () => {
    const count = process.env.COLOPHON_TEST_LONG === "1" ? 60 : 10;
    const names = Array.from({ length: count }, (_, n) => specNamed(`at_once_${n}`));
    const statuses: unknown[] = [];
    for (let from = 0; from < count; from += 10) {
      const children = names.slice(from, from + 10).map(start);
      statuses.push(...(await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]))));
    }
    expect(statuses).toEqual(names.map(() => 0));
    expect(indexed()).toEqual([...names].sort());
    console.log(`${count} figures recorded by processes of their own, ten at a time; all in the index`);
    const { status, stderr } = repository.colophon(["figure", "verify"]);
    expect([status, stderr]).toEqual([0, expect.stringContaining("verified")]);
  });

  test("survive that others are killed, wherever they were", async () => {
    const locks = join(repository.root, ".colophon/locks/figures");
    const kills = process.env.COLOPHON_TEST_LONG === "1" ? 40 : 6;
    let held = 0;
    for (let n = 0; n < kills; n += 1) {
      const [victim, other] = [specNamed(`killed_${n}`), specNamed(`kept_${n}`)];
      const doomed = start(victim);
      const ended = once(doomed, "exit");
      // Every other one while it has the lock.
      while (n % 2 === 0 && doomed.exitCode === null && !isHeld(locks))
        await new Promise((resolve) => setImmediate(resolve));
      doomed.kill("SIGKILL");
      await ended;
      if (isHeld(locks)) held += 1;
      const [status] = await once(start(other), "exit");
      expect(status).toBe(0);
      expect(indexed()).toContain(other);
    }
    console.log(`${kills} killed, ${held} of them with the lock in their hands`);
    expect(indexed()).toEqual(expect.arrayContaining(Array.from({ length: kills }, (_, n) => `kept_${n}`)));
    expect(isHeld(locks)).toBe(false);
  });
});

function isHeld(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0;
}
