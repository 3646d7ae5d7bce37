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

  chapter("A pipeline: stages that leave artifacts, one of them skipped");
  const pipeline = join(examples, "pipeline");
  for (const name of readdirSync(pipeline).filter((name) => name.endsWith(".mjs")))
    copyFileSync(join(pipeline, name), join(project, name));
  const settings = join(project, "colophon.json");
  const { pipelines } = JSON.parse(readFileSync(join(pipeline, "colophon.json"), "utf8"));
  writeFileSync(
    settings,
    JSON.stringify({ ...JSON.parse(readFileSync(settings, "utf8")), pipelines }, null, 2),
  );
  writeFileSync(join(project, ".gitignore"), "node_modules/\nmodel.json\nbuild/\n");
  git("add", ".");
  git("commit", "--quiet", "--message=Add a pipeline");
  colophon("run", "--pipeline", "penguins", "--data", "penguins=data/penguins.csv");

  chapter("One line of code changes: what differs, and what of it came out differently");
  const fit = join(project, "fit.mjs");
  writeFileSync(fit, readFileSync(fit, "utf8").replace("index % 3 !== 0", "index % 5 !== 0"));
  git("commit", "--quiet", "--all", "--message=Fit on four penguins of five");
  const [first] = runsOf("penguins");
  colophon("run", "--quiet", "--pipeline", "penguins", "--data", "penguins=data/penguins.csv");
  const second = runsOf("penguins").find((id) => id !== first);
  const words = ["diff", first.slice(-6), second.slice(-6)];
  console.log(`$ colophon ${words.join(" ")}`);
  if (run(process.execPath, [colophonFile, ...words], true) !== 1)
    throw new Error("the two runs were said to be equal");
  colophon("ls");

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
    chapter("Metrics: what a script logs is in the record, and compared");
    copyFileSync(join(examples, "metrics/root.py"), join(project, "root.py"));
    copyFileSync(join(examples, "metrics/root.sh"), join(project, "root.sh"));
    git("add", ".");
    git("commit", "--quiet", "--message=Take roots");
    colophon("run", "--quiet", "--synthetic-seed", "1", "--name", "python-root", "--", "python3", "root.py");
    colophon("run", "--quiet", "--synthetic-seed", "1", "--name", "shell-root", "--", "sh", "root.sh");
    colophon("show", runsOf("python-root")[0].slice(-6));
    colophon(
      "ls",
      "--where",
      "metrics.gap.count = 12",
      "--columns",
      "params.start,metrics.gap,metrics.gap.max",
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

/** Ids of the runs with that name. */
function runsOf(name) {
  const records = join(project, "records");
  return readdirSync(records)
    .filter((month) => month.startsWith("20"))
    .flatMap((month) => readdirSync(join(records, month)).map((id) => ({ month, id })))
    .filter(({ month, id }) => {
      const run = JSON.parse(readFileSync(join(records, month, id, "run_manifest.json"), "utf8"));
      return run.run_name === name;
    })
    .map(({ id }) => id);
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
