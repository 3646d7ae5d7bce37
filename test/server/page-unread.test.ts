import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { makeFigureProject, record, specOf } from "../journeys/figure-project.js";
import type { Repository } from "../journeys/repository.js";
import { ask, type Started, startIn } from "./asking.js";

let project: Repository;
let server: Started;
const table = "data/emission_factors.csv";
const slice = "build/annual.csv";
const at = (path: string) => join(project.root, path);

beforeAll(async () => {
  project = makeFigureProject();
  // Rows of nothing, which change no sum: reading the slice again is to be seen in what this process reads.
  const [header = "", first = ""] = project.read(slice).split("\n");
  const place = header.split(",").indexOf("kg");
  const nothing = first.split(",").with(place, "0").join(",");
  project.write(slice, `${project.read(slice)}${`${nothing}\n`.repeat(100_000)}`);
  const { status, stderr } = record(project, specOf(project, "stacked"));
  if (status !== 0) throw new Error(stderr);
  server = await startIn(project.root);
});
afterAll(async () => {
  await server.close();
  project.remove();
});

const page = async () => {
  const { status, body } = await ask(server.port, { path: "/figures/stacked" });
  expect(status).toBe(200);
  return body;
};

/** Longer ago than a clock tick of any file system. */
async function settled(...paths: string[]): Promise<void> {
  const changed = Math.max(...paths.map((path) => statSync(at(path)).ctimeMs));
  await wait(Math.max(0, changed + 2500 - Date.now()));
}

/** In place: the same inode and size. */
function writeOver(path: string, text: string): void {
  expect(text.length).toBe(project.read(path).length);
  writeFileSync(at(path), text, { flag: "r+" });
}

const anotherNumber = (text: string) =>
  text.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));

const whatWasRead = () => Number(/^rchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);

describe("the page of a figure", () => {
  (existsSync("/proc/self/io") ? test : test.skip)("reads no input again that did not change", async () => {
    await settled(table, slice);
    const before = whatWasRead();
    const body = await page();
    const first = whatWasRead() - before;
    expect(first).toBeGreaterThan(2 * statSync(at(slice)).size);
    expect(await page()).toBe(body);
    expect(whatWasRead() - before - first).toBeLessThan(statSync(at(slice)).size / 4);
  });

  test("names a table that was changed in place between two loads, and none when it is as it was", async () => {
    await settled(table, slice);
    const text = project.read(table);
    const { atime, mtime } = statSync(at(table));
    expect(await page()).not.toContain("values changed");
    writeOver(table, anotherNumber(text));
    expect(await page()).toContain("values changed in its");
    utimesSync(at(table), atime, mtime);
    expect(await page()).toContain("values changed in its");
    writeOver(table, text);
    expect(await page()).not.toContain("values changed");
  });

  test("names a change that comes at once behind another, before the clock of the file system goes on", async () => {
    const text = project.read(table);
    for (let time = 0; time < 20; time += 1) {
      writeOver(table, anotherNumber(text));
      expect(await page()).toContain("values changed in its");
      writeOver(table, text);
      expect(await page()).not.toContain("values changed");
    }
  });

  test("names another sum of rows before aggregation", async () => {
    await settled(slice);
    const text = project.read(slice);
    expect(await page()).not.toContain("comes to another sum now");
    const changed = text.replace(/0(?=[^0]*$)/, "9");
    writeOver(slice, changed);
    expect(await page()).toContain("comes to another sum now");
    writeOver(slice, text);
    expect(await page()).not.toContain("comes to another sum now");
  });
});
