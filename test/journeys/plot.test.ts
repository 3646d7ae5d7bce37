import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { makeRepository, type Repository } from "./repository.js";

let repository: Repository;
const ids: string[] = [];

/** Two learning rates, three seeds each; shell alone writes the journal. */
beforeAll(() => {
  repository = makeRepository();
  const script =
    'i=0; while [ $i -lt 5 ]; do echo "{\\"step\\":$i,\\"metrics\\":{\\"loss\\":$((100 / (i * $2 + 1) + $4))}}"; i=$((i+1)); done >> "$COLOPHON_METRICS"';
  repository.write("train.sh", `${script}\n`);
  repository.commit("Script");
  for (const lr of [1, 3])
    for (const seed of [1, 2, 3]) {
      const params = ["--param", `lr=${lr}`, "--param", `seed=${seed}`];
      const { status } = repository.colophon([
        "run",
        "--quiet",
        "--synthetic-seed",
        "1",
        ...params,
        "--",
        "sh",
        "train.sh",
        "--lr",
        String(lr),
        "--seed",
        String(seed),
      ]);
      expect(status).toBe(0);
    }
  const { runs } = JSON.parse(repository.colophon(["ls", "--json", "--sort", "started"]).stdout);
  ids.push(...runs.map(({ id }: { id: string }) => id));
});
afterAll(() => repository.remove());

const plot = (...words: string[]) => repository.colophon(["plot", ...words]);
const svg = (file: string, ...words: string[]) => {
  const { status, stderr } = plot(...words, "--output", file);
  expect([status, stderr]).toEqual([0, `┃ ${file} written\n`]);
  return readFileSync(join(repository.root, file), "utf8");
};
const hasRenderer = ["rsvg-convert", "resvg", "inkscape"].some(
  (program) => spawnSync(program, ["--version"]).error === undefined,
);

describe("colophon plot", () => {
  test("says which query means a metric that is named where a run belongs", () => {
    const { status, stderr } = plot("loss");
    expect(status).toBe(2);
    const [, words = ""] = /Type: colophon plot ('.*?') --metric loss\n/.exec(stderr) ?? [];
    expect(plot(words.slice(1, -1), "--metric", "loss").status).toBe(0);
    expect(plot("lost").stderr).toContain("Name a run by its id");
  });

  test("draws the only metric of a run in the terminal", () => {
    const { status, stdout, stderr } = plot(ids[0] as string, "--height", "6", "--width", "60");
    expect([status, stderr]).toEqual([0, ""]);
    const lines = stdout.trimEnd().split("\n");
    expect([lines[0], lines.length]).toEqual(["loss", 8]);
    expect(lines.join("\n")).toMatch(/\n100 ┤[⠁-⣿]/);
    expect(lines.join("\n")).toContain(`${ids[0]?.slice(-6)} 21`);
    expect(lines.at(-1)).toMatch(/└ 0 +step +4$/);
  });

  test("has letters where a terminal has no braille", () => {
    const { stdout } = repository.colophon(["plot", ids[0] as string, ids[3] as string], {
      env: { COLOPHON_ASCII: "1" },
    });
    expect(stdout).toMatch(/\|bb?/);
    expect(stdout).not.toMatch(/[^\u0000-\u007f]/);
  });

  test("writes the same SVG for the same points, again and again", () => {
    const first = svg("a.svg", ...ids.slice(0, 2));
    expect(svg("b.svg", ...ids.slice(0, 2))).toBe(first);
    expect(first).toMatch(/^<svg xmlns=[\s\S]*<\/svg>\n$/);
    expect(first.match(/class="line c\d d0"/g)).toHaveLength(2);
  });

  test("makes runs that differ only in their seed one line with a band, named by what tells it apart", () => {
    const drawn = svg("groups.svg", "params.lr is not null", "--group", "seed");
    expect(drawn.match(/class="band/g)).toHaveLength(2);
    expect(drawn).toContain("lr 1 22 (n 3)");
    expect(drawn).toContain("mean ± sample σ");
    expect(svg("union.svg", "params.lr = 1", "params.lr = 3", "--group", "seed")).toBe(drawn);
  });

  test("smooths the raw values and leaves them under the line", () => {
    expect(svg("smooth.svg", ids[0] as string, "--smooth", "0.9")).toMatch(
      /class="thin c0"[\s\S]*smoothed|smoothed, weight 0.9[\s\S]*class="thin c0"/,
    );
  });

  const withRenderer = hasRenderer ? test : test.skip;
  withRenderer(`writes PNG${hasRenderer ? "" : " (skipped: no program here draws SVG)"}`, () => {
    svg("c.svg", ids[0] as string);
    expect(plot(ids[0] as string, "--output", "c.png").status).toBe(0);
    expect(readFileSync(join(repository.root, "c.png")).subarray(1, 4).toString()).toBe("PNG");
  });

  test("says what to install where nothing draws SVG, and writes nothing", () => {
    const { status, stderr } = repository.colophon(["plot", ids[0] as string, "--output", "none.png"], {
      env: { PATH: "/nowhere" },
    });
    expect([status, stderr]).toEqual([3, expect.stringContaining("NO_RENDERER")]);
    expect(existsSync(join(repository.root, "none.png"))).toBe(false);
  });

  test.each([
    [[], 2, "NO_RUN_NAMED"],
    [["params.lr = 7"], 3, "NO_POINTS"],
    [["params.lr = 1", "--metric", "accuracy"], 3, "NO_POINTS"],
    [["params.lr = 1", "--smooth", "1"], 2, "BAD_FLAG_VALUE"],
    [["params.lr = 1", "--output", "plot.jpg"], 2, "BAD_FLAG_VALUE"],
    [["params.lr = 1", "--width", "0"], 2, "BAD_FLAG_VALUE"],
    [["params.lr = "], 2, "BAD_QUERY"],
  ])("refuses %j", (words, status, code) => {
    const refused = plot(...words);
    expect([refused.status, refused.stderr]).toEqual([status, expect.stringContaining(code)]);
  });

  test("asks which metric when there are several", () => {
    repository.colophon([
      "run",
      "--quiet",
      "--synthetic-seed",
      "1",
      "--",
      "sh",
      "-c",
      'echo \'{"metrics":{"a":1,"b":2}}\' >> "$COLOPHON_METRICS"',
    ]);
    const { status, stderr } = plot("--", "name = sh and params.lr is null");
    expect([status, stderr]).toEqual([2, expect.stringContaining("WHICH_METRIC  there are 2 metrics: a, b")]);
  });
});
