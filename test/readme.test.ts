import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { config as configSchema } from "../src/generated/validators.js";
import { builtCli } from "./journeys/built-cli.js";
import { runFolders } from "./journeys/recorded-run.js";
import { scrubbedEnv } from "./journeys/repository.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const blocks = [...readme.matchAll(/^```(\w+)(?: (\w+))?\n([\s\S]*?)^```$/gm)].map(
  ([, language, name, text]) => ({ language, name, text: text ?? "" }),
);
const block = (language: string, name?: string) => {
  const found = blocks.filter((each) => each.language === language && each.name === name);
  if (found.length !== 1) throw new Error(`README has ${found.length} blocks ${language} ${name ?? ""}`);
  return found[0]!.text;
};

const place = realpathSync(mkdtempSync(join(tmpdir(), "colophon-readme-")));
const home = join(place, "home");
const study = join(place, "study");
const bin = join(home, ".local/bin");
let env: NodeJS.ProcessEnv;
/** Where packages come from is this machine's matter: proxies, certificates and the settings of its npm. */
let ownNpm: NodeJS.ProcessEnv;

beforeAll(() => {
  mkdirSync(home);
  mkdirSync(join(study, "data"), { recursive: true });
  env = {
    ...scrubbedEnv(home),
    PATH: [bin, scrubbedEnv(home).PATH].join(delimiter),
    COLOPHON_REPOSITORY: root,
  };
  const setting = (name: string) =>
    spawnSync("npm", ["config", "get", name], { encoding: "utf8" }).stdout.trim();
  ownNpm = {
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) =>
        /^(npm_config_|https?_proxy$|no_proxy$|NODE_EXTRA_CA_CERTS|SSL_CERT)/i.test(name),
      ),
    ),
    npm_config_userconfig: setting("userconfig"),
    npm_config_cache: setting("cache"),
    npm_config_prefer_offline: "true",
  };
  for (const [from, to] of [
    ["examples/train.mjs", "train.mjs"],
    ["examples/data/penguins.csv", "data/penguins.csv"],
  ]) {
    cpSync(join(root, from!), join(study, to!));
  }
  writeFileSync(join(study, "train.yaml"), "lr: 0.5\nepochs: 2\n");
  for (const words of [
    ["init", "--quiet", "--initial-branch=main"],
    ["add", "."],
    ["commit", "--quiet", "--message=Train on penguins"],
  ]) {
    call("git", words);
  }
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

function call(program: string, words: readonly string[], more: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, {
    cwd: study,
    env: { ...env, ...more },
    encoding: "utf8",
  });
  if (error || status !== 0)
    throw error ?? new Error(`${program} ${words.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** What differs from run to run, by its form. */
function normalised(text: string): string {
  return text
    .replaceAll(/\d{8}T\d{6}Z_[0-9a-f]{7}_[0-9a-z]{6}/g, "ID")
    .replaceAll(/\d{4}-\d{2}\/ID/g, "MONTH/ID")
    .replaceAll(/(colophon|finished|commit|^A|^B) +(?!commit)[0-9a-z]{6}\b/gm, "$1 SUFFIX")
    .replaceAll(/code +[0-9a-f]{7}( → [0-9a-f]{7})?/g, "code SHA")
    .replaceAll(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}/g, "WHEN")
    .replaceAll(/node \d+\.\d+\.\d+/g, "node VERSION")
    .replaceAll(/\d+\.\d s/g, "TIME");
}

describe("README", () => {
  test("has no block that this test does not know", () => {
    expect(blocks.map(({ language, name }) => [language, name].filter(Boolean).join(" ")).sort()).toEqual([
      "console",
      "console diff",
      "console metrics",
      "console stages",
      "js api",
      "js live",
      "json config",
      "python metrics",
      "sh",
      "sh events",
      "sh figures",
      "sh install",
      "sh metrics",
      "sh runs",
      "sh test",
      "sh world",
      "text",
    ]);
  });

  const inCheckout = existsSync(join(root, ".git"));
  (inCheckout ? test : test.skip)(
    "installs from a clone (skipped outside a checkout)",
    () => {
      call("sh", ["-euc", block("sh", "install")], ownNpm);
      expect(call("colophon", ["--version"])).toMatch(/^\d+\.\d+\.\d+\n$/);
    },
    600_000,
  );

  test("shows in its first screen what really happens", () => {
    linkWhereNotInstalled();
    const shown = block("console");
    const command = /^\$ (.*)$/m.exec(shown)?.[1] ?? "";
    const output = call("sh", ["-c", `${command} 2>&1`]);
    expect(normalised(output.replaceAll(/ +$/gm, ""))).toBe(normalised(shown.replace(/^\$ .*\n/m, "")));
  });

  test("names the files that a run leaves", () => {
    linkWhereNotInstalled();
    rmSync(join(study, "records"), { recursive: true, force: true });
    call("colophon", ["run", "--synthetic-seed", "1", "--", "true"]);
    const [folder = ""] = runFolders({ root: study });
    for (const [name] of block("text").matchAll(
      /\b[\w.]+\.(json|log)\b|SHA256SUMS|\b00_run_metadata\/|\blogs\//g,
    )) {
      const path = ["", "00_run_metadata", "logs"]
        .map((inside) => join(folder, inside, name))
        .find((each) => existsSync(each));
      expect([name, path]).toEqual([name, expect.any(String)]);
    }
    expect(block("text").match(/\.json|\.log/g)?.length).toBeGreaterThan(5);
  });

  test("shows a command line that works, line by line", () => {
    linkWhereNotInstalled();
    rmSync(join(study, "records"), { recursive: true });
    call("sh", ["-euc", block("sh")]);
    expect(call("git", ["log", "-1", "--format=%(trailers:key=Colophon-Run,valueonly)"])).toMatch(
      /\d{8}T\d{6}Z_/,
    );
    expect(call("git", ["hook", "run", "pre-commit"])).toBe("");
    expect(JSON.parse(readFileSync(join(study, "findings.json"), "utf8")).files.length).toBe(6);
  });

  test("shows a pipeline, and what differs when its code has changed", () => {
    linkWhereNotInstalled();
    const pipeline = join(root, "examples/pipeline");
    for (const name of readdirSync(pipeline)) cpSync(join(pipeline, name), join(study, name));
    writeFileSync(join(study, ".gitignore"), "build/\nrecords/\nnode_modules/\nmodel.bin\n*.mjs.log\n");
    commitAll("Add the pipeline");
    rmSync(join(study, "records"), { recursive: true, force: true });
    const shown = block("console", "stages");
    // What goes to stderr and what to stdout arrives in the order it was written.
    const output = call("sh", ["-c", `${shown.split("\n")[0]!.slice(2)} 2>&1`]);
    expect(normalised(output.replaceAll(/ +$/gm, ""))).toBe(normalised(shown.replace(/^\$ .*\n/, "")));
    const fit = readFileSync(join(study, "fit.mjs"), "utf8");
    writeFileSync(join(study, "fit.mjs"), fit.replace("index % 3 !== 0", "index % 5 !== 0"));
    commitAll("Fit on four penguins of five");
    const again =
      "colophon run --quiet --pipeline penguins --data penguins=data/penguins.csv --param folds=5 2>&1";
    call("sh", ["-c", again]);
    const { status, stdout } = spawnSync("colophon", ["diff", ...runsByTime()], {
      cwd: study,
      env,
      encoding: "utf8",
    });
    const lines = block("console", "diff").split("\n").slice(1);
    expect(status).toBe(1);
    expect(
      normalised(stdout)
        .split("\n")
        .slice(0, lines.length - 1),
    ).toEqual(normalised(lines.join("\n")).split("\n").slice(0, -1));
  });

  test("shows figures from their recording to a row behind a value", () => {
    linkWhereNotInstalled();
    const project = join(place, "figures");
    cpSync(join(root, "examples/figures"), project, {
      recursive: true,
      filter: (path) => !/\/(?:build|dist)$/.test(path),
    });
    call("sh", ["-euc", "cd ../figures; git init --quiet; git add .; git commit --quiet -m Figures"]);
    call("sh", ["-euc", "cd ../figures; node derive.mjs; node slice.mjs"]);
    const output = call("sh", ["-euc", `cd ../figures\n${block("sh", "figures")}`]);
    expect(output).toContain("EF.CAR.2024,TRAN.CAR.KM");
    expect(output).toContain("drawn by slice.stacked");
  });

  const python = spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]).status === 0;
  (python ? test : test.skip)(
    "shows metrics from Python and from a shell (skipped without python3 of 3.8 or newer)",
    () => {
      linkWhereNotInstalled();
      writeFileSync(join(study, "loss.py"), block("python", "metrics"));
      const before = runsByTime();
      call("sh", ["-euc", block("sh", "metrics")]);
      const [id = ""] = runsByTime().filter((each) => !before.includes(each));
      const shown = call("colophon", ["show", id]);
      expect(shown).toContain(block("console", "metrics").split("\n").slice(1).join("\n"));
      expect(shown).toMatch(/^tags +baseline$/m);
    },
  );

  test("shows what can be done with runs, line by line", () => {
    call("sh", ["-euc", block("sh", "runs")]);
    const notes = runsByTime().map((id) =>
      join(study, "records", `${id.slice(0, 4)}-${id.slice(4, 6)}`, id, "00_run_metadata/notes.jsonl"),
    );
    expect(notes.filter((file) => existsSync(file))).toHaveLength(1);
  });

  test("shows events that come back as they were written", () => {
    call("sh", ["-euc", block("sh", "events")]);
    const events = readFileSync(join(study, "fixtures/opening/events.jsonl"), "utf8");
    expect(readFileSync(join(study, "replayed.jsonl"), "utf8")).toBe(events);
    expect(events.split("\n")).toHaveLength(41);
  });

  test("shows a world whose clean tables come back", () => {
    cpSync(join(root, "examples/ground-truth/world.yaml"), join(study, "world.yaml"));
    expect(call("sh", ["-euc", block("sh", "world")])).toMatch(/^realised +89\.13 /m);
    expect(readFileSync(join(study, "clean.csv"), "utf8").split("\n")).toHaveLength(242);
  });

  test("shows a program that records a run of itself", () => {
    linkPackage();
    writeFileSync(join(study, "live.mjs"), block("js", "live"));
    expect(call(process.execPath, ["live.mjs"])).toBe(
      "00_run_metadata completed, 20_model_fit completed, 40_decomposition skipped, 99_collect completed\n",
    );
  });

  test("shows an API that works", () => {
    linkPackage();
    writeFileSync(join(study, "api.mjs"), block("js", "api"));
    expect(call(process.execPath, ["api.mjs"])).toMatch(/\/data_provenance\/hashes: .*\n?[\s\S]*main\n$/);
  });

  test("shows settings that are valid, and are taken", () => {
    expect(configSchema(JSON.parse(block("json", "config")))).toBe(true);
    writeFileSync(join(study, "colophon.json"), block("json", "config"));
    call("colophon", ["run", "--", "true"]);
  });

  test("gives the test command that is run before a change lands", () => {
    const command = block("sh", "test").trim();
    expect(readFileSync(join(root, ".ci/run"), "utf8").split("\n")).toContain(command);
  });

  test("links to nothing that is not there", () => {
    for (const [, target] of readme.matchAll(/\]\((?!http)([^)#]+)\)/g))
      expect([target, existsSync(join(root, target!))]).toEqual([target, true]);
  });
});

function linkPackage(): void {
  mkdirSync(join(study, "node_modules"), { recursive: true });
  if (!existsSync(join(study, "node_modules/colophon")))
    symlinkSync(root, join(study, "node_modules/colophon"));
}

function commitAll(message: string): void {
  call("git", ["add", "."]);
  call("git", ["commit", "--quiet", `--message=${message}`]);
}

/** Oldest first. */
function runsByTime(): string[] {
  return runFolders({ root: study })
    .map((folder) => {
      const { started_at } = JSON.parse(readFileSync(join(folder, "run_manifest.json"), "utf8"));
      return [started_at as string, basename(folder)] as const;
    })
    .sort()
    .map(([, id]) => id);
}

/** The blocks after the installation also work when only one of them is run. */
function linkWhereNotInstalled(): void {
  if (existsSync(join(bin, "colophon"))) return;
  mkdirSync(bin, { recursive: true });
  symlinkSync(builtCli(), join(bin, "colophon"));
}
