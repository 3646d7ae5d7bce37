/**
 * `npm run demo`: Colophon at work in a throw-away Git repository, with the real program, real data and a real hook.
 * Everything happens in a temporary folder, which stays for a look when KEEP=1 is set.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const examples = dirname(fileURLToPath(import.meta.url));
const colophonFile = join(examples, "../dist/colophon.cjs");
const project = mkdtempSync(join(tmpdir(), "colophon-demo-"));
const env = cleanEnvironment();

try {
  story();
} finally {
  if (process.env.KEEP === "1") console.log(`\nThe repository is ${project}`);
  else rmSync(project, { recursive: true, force: true });
}

function story() {
  chapter("A repository with a training script and its data, all committed");
  mkdirSync(join(project, "data"));
  copyFileSync(join(examples, "data/penguins.csv"), join(project, "data/penguins.csv"));
  copyFileSync(join(examples, "train.mjs"), join(project, "train.mjs"));
  copyFileSync(join(examples, "train.py"), join(project, "train.py"));
  writeFileSync(join(project, ".gitignore"), "node_modules/\nmodel.json\n");
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "--message=Train on penguins");
  show(["git", "log", "--oneline"]);

  chapter("Set up once: settings, the records folder, the pre-commit hook");
  colophon("init", "--hook");
  git("add", "colophon.json", "records");
  git("commit", "--quiet", "--message=Keep records");

  chapter("Run: the command behind -- is untouched");
  colophon(
    "run",
    "--data",
    "train=data/penguins.csv",
    "--param",
    "note=first try",
    "--",
    "node",
    "train.mjs",
    "--data",
    "data/penguins.csv",
    "--lr",
    "0.5",
    "--epochs",
    "8",
    "--out",
    "model.json",
  );

  chapter("What was recorded");
  const folder = onlyRun();
  const manifest = JSON.parse(readFileSync(join(project, folder, "manifest.json"), "utf8"));
  const { git: code, params, data_provenance } = manifest;
  console.log(JSON.stringify({ git: code, params, data_provenance }, null, 2));
  show(["ls", `${folder}`, `${folder}/00_run_metadata`]);

  chapter("Judge it, and commit it through the hook");
  colophon("validate", "records");
  colophon("commit", manifest.experiment_id.slice(-6));
  show(["git", "log", "--oneline", "--stat", "-1"]);

  chapter("The hook stops a manifest that is not valid");
  const broken = join(project, folder, "manifest.json");
  const whole = readFileSync(broken, "utf8");
  writeFileSync(broken, whole.replace(/"kind": "external"/, '"kind": "somewhere"'));
  git("add", folder);
  const stopped = show(["git", "commit", "--quiet", "--message=Tamper"], { mayFail: true });
  if (stopped === 0) throw new Error("the hook let an invalid manifest through");
  writeFileSync(broken, whole);
  git("add", folder);
  show(["git", "status", "--short"]);

  if (spawnSync("python3", ["--version"], { env }).status === 0) {
    chapter("The same in Python");
    colophon(
      "run",
      "--data",
      "train=data/penguins.csv",
      "--",
      "python3",
      "train.py",
      "--data",
      "data/penguins.csv",
      "--epochs",
      "3",
    );
  } else {
    chapter("Python is not on this machine: the example in Python is skipped");
  }
  console.log("\nThe demo is done.");
}

function chapter(title) {
  console.log(`\n── ${title}\n`);
}

function colophon(...words) {
  console.log(`$ colophon ${words.map(quoted).join(" ")}`);
  run(process.execPath, [colophonFile, ...words]);
}

function git(...words) {
  run("git", words);
}

function show([program, ...words], { mayFail = false } = {}) {
  console.log(`$ ${[program, ...words].map(quoted).join(" ")}`);
  return run(program, words, mayFail);
}

function run(program, words, mayFail = false) {
  const { status, error } = spawnSync(program, words, {
    cwd: project,
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (error) throw error;
  if (status !== 0 && !mayFail) throw new Error(`${program} ${words.join(" ")} ended with ${status}`);
  return status;
}

function onlyRun() {
  const [month] = readdirSync(join(project, "records")).filter((name) => /^[0-9]{4}-[0-9]{2}$/.test(name));
  const [id] = readdirSync(join(project, "records", month));
  return `records/${month}/${id}`;
}

function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`;
}

/** No settings of the person who runs the demo, and no repository of the surroundings, may leak in. */
function cleanEnvironment() {
  const kept = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_") && !name.startsWith("COLOPHON_")),
  );
  const who = { NAME: "Ada", EMAIL: "ada@example.org" };
  if (!existsSync(colophonFile)) throw new Error("dist/ is not built: npm run setup");
  return {
    ...kept,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: who.NAME,
    GIT_AUTHOR_EMAIL: who.EMAIL,
    GIT_COMMITTER_NAME: who.NAME,
    GIT_COMMITTER_EMAIL: who.EMAIL,
  };
}
