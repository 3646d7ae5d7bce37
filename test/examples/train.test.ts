import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

const examples = fileURLToPath(new URL("../../examples", import.meta.url));
const penguins = join("examples", "data", "penguins.csv");

const python = spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]).status === 0;
const inPython = python ? test : test.skip;
const whyNot = python ? "" : " (skipped: no python3 of 3.8 or newer here)";

const programs = [
  { words: ["node", "examples/train.mjs"], does: test, skipped: "" },
  { words: ["python3", "examples/train.py"], does: inPython, skipped: whyNot },
];

/** A copy, so that nothing a script leaves behind reaches the repository. */
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "colophon-examples-"));
  cpSync(examples, join(directory, "examples"), { recursive: true });
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function run([program, ...words]: readonly string[]) {
  const executable = program === "node" ? process.execPath : program!;
  return spawnSync(executable, words, { cwd: directory, encoding: "utf8" });
}

interface Epoch {
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
}

function readEpochs(stdout: string): Epoch[] {
  const lines = stdout.matchAll(/^epoch (\d+) loss (\d+\.\d{4}) accuracy ([01]\.\d\d)$/gm);
  return [...lines].map(([, epoch, loss, accuracy]) => ({
    epoch: Number(epoch),
    loss: Number(loss),
    accuracy: Number(accuracy),
  }));
}

interface Model {
  readonly species: string[];
  readonly features: string[];
  readonly mean: number[];
  readonly deviation: number[];
  readonly bias: number[];
  readonly weights: number[][];
}

/** Written apart from the scripts: the species that the weights give the highest score. */
function classify(model: Model, measurements: readonly number[]): string {
  const scores = model.weights.map((weights, k) =>
    weights.reduce(
      (sum, weight, i) => sum + (weight * (measurements[i]! - model.mean[i]!)) / model.deviation[i]!,
      model.bias[k]!,
    ),
  );
  return model.species[scores.indexOf(Math.max(...scores))]!;
}

function readTable(): { species: string; measurements: number[] }[] {
  const [, ...lines] = readFileSync(join(directory, penguins), "utf8").trimEnd().split("\n");
  return lines
    .map((line) => line.split(","))
    .map(([species, , ...cells]) => ({ species: species!, measurements: cells.slice(0, 4).map(Number) }));
}

function expectRefusal({ status, stderr }: ReturnType<typeof run>, message: string) {
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr).toMatch(/^train\.(mjs|py): .+\n$/);
}

describe.each(programs)("$words.1", ({ words, does, skipped }) => {
  const train = (...rest: string[]) => run([...words, ...rest]);

  does(`learns: the loss falls in every epoch and nine of ten answers are right${skipped}`, () => {
    const { status, stdout, stderr } = train("--data", penguins, "--lr", "0.5", "--epochs", "30");
    const epochs = readEpochs(stdout);

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.split("\n")[0]).toBe("data 342 rows, 2 incomplete rows dropped");
    expect(epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    expect(stdout.trimEnd().split("\n")).toHaveLength(31);
    for (const [index, { loss }] of epochs.slice(1).entries()) expect(loss).toBeLessThan(epochs[index]!.loss);
    expect(epochs.at(-1)!.accuracy).toBeGreaterThan(0.9);
  });

  does(`writes weights that tell the species${skipped}`, () => {
    expect(train("--data", penguins, "--out", "model.json").status).toBe(0);

    const model = JSON.parse(readFileSync(join(directory, "model.json"), "utf8")) as Model;
    const complete = readTable().filter(({ measurements }) => measurements.every(Number.isFinite));
    const right = complete.filter(({ species, measurements }) => classify(model, measurements) === species);

    expect(model.species).toEqual(["Adelie", "Chinstrap", "Gentoo"]);
    expect(complete).toHaveLength(342);
    expect(right.length / complete.length).toBeGreaterThan(0.9);
  });

  does(`prints and writes the same bytes for the same arguments${skipped}`, () => {
    const again = (out: string) => {
      const { stdout } = train("--data", penguins, "--epochs", "5", "--seed", "7", "--out", out);
      return { stdout, model: readFileSync(join(directory, out), "utf8") };
    };

    expect(again("first.json")).toEqual(again("second.json"));
  });

  does(`obeys seed and learning rate${skipped}`, () => {
    const last = (...rest: string[]) =>
      readEpochs(train("--data", penguins, "--epochs", "5", ...rest).stdout).at(-1)!;

    expect(last("--seed", "1").loss).not.toBe(last("--seed", "2").loss);
    expect(last("--lr", "1").loss).toBeLessThan(last("--lr", "0.1").loss);
  });

  const header = "species,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g\n";
  const badTables = [
    ["an empty table", "", "bad.csv has no column species"],
    [
      "a missing column",
      "species,year\nAdelie,2007\n",
      "bad.csv has no column bill_length_mm, only species, year",
    ],
    ["a short row", `${header}Adelie,39.1\n`, "bad.csv line 2 has 2 values for 5 columns"],
    ["a word for a number", `${header}Adelie,1,2,wide,4\n`, "bad.csv line 2: flipper_length_mm is wide"],
    ["too few rows", `${header}A,1,2,3,4\nA,NA,2,3,4\n`, "bad.csv has fewer than 5 complete rows: 1"],
  ] as const;
  for (const [name, table, message] of badTables) {
    does(`ends with 1 and a line that says why: ${name}${skipped}`, () => {
      writeFileSync(join(directory, "bad.csv"), table);
      expectRefusal(train("--data", "bad.csv"), message);
    });
  }

  const badArguments = [
    ["no table", [], "--data"],
    ["a table that is not there", ["--data", "absent.csv"], "absent.csv"],
    ["a rate that is no number", ["--data", penguins, "--lr", "fast"], "--lr"],
    ["a rate of zero", ["--data", penguins, "--lr", "0"], "expected a positive number"],
    ["a rate that overflows", ["--data", penguins, "--lr", "1e308"], "try a smaller --lr"],
    ["half an epoch", ["--data", penguins, "--epochs", "0.5"], "--epochs"],
    ["no epoch", ["--data", penguins, "--epochs", "0"], "expected a whole number from 1"],
    ["an unknown flag", ["--data", penguins, "--momentum", "0.9"], "--momentum"],
    ["an output in no folder", ["--data", penguins, "--out", "absent/model.json"], "absent/model.json"],
  ] as const;
  for (const [name, rest, message] of badArguments) {
    does(`ends with 1 and a line that says why: ${name}${skipped}`, () => {
      expectRefusal(train(...rest), message);
    });
  }

  test("knows nothing of the tracker", () => {
    expect(readFileSync(join(directory, words[1]!), "utf8")).not.toMatch(/colophon/i);
  });
});

describe("both programs", () => {
  inPython(`print the same lines${whyNot}`, () => {
    const [node, python3] = programs.map(
      ({ words }) => run([...words, "--data", penguins, "--seed", "3"]).stdout,
    );

    expect(readEpochs(node!)).toHaveLength(30);
    expect(python3).toBe(node);
  });
});

describe("examples/README.md", () => {
  const readme = readFileSync(join(examples, "README.md"), "utf8");
  const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap(([, block]) => block!.trim().split("\n"))
    .map((line) => line.split(" -- ").at(-1)!.split(" "));

  test("shows three commands", () => expect(commands).toHaveLength(3));

  for (const command of commands) {
    const does = command[0] === "python3" ? inPython : test;
    const skipped = command[0] === "python3" ? whyNot : "";
    does(`shows a command that runs: ${command.slice(0, 2).join(" ")}${skipped}`, () => {
      expect(run(command).status).toBe(0);
    });
  }

  test("shows the output as it is", () => {
    const lines = run(commands[0]!).stdout.trimEnd().split("\n");
    const [, shown] = readme.match(/```\n(data [\s\S]*?)\n```/)!;

    expect(shown).toBe([...lines.slice(0, 3), "…", lines.at(-1)].join("\n"));
  });
});

describe("examples/data/README.md", () => {
  test("tells the digest, the size and the rows of the table", () => {
    const readme = readFileSync(join(examples, "data", "README.md"), "utf8");
    const bytes = readFileSync(join(directory, penguins));

    expect(readme).toContain(createHash("sha256").update(bytes).digest("hex"));
    expect(readme).toContain(bytes.length.toLocaleString("en").replace(",", " "));
    expect(readTable()).toHaveLength(344);
  });
});
