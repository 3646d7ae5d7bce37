/** Runs as `colophon run` leaves them, written without running anything: 20 parameters and 8 metrics each, a thousand a month. */
import { linkSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const perMonth = 1000;
/** Files that are the same in every run are written once for so many: a file has no more than 65,000 names. */
const perMaster = 20_000;

/** `root` of the project; `spec` the folder of the contract. The runs from the number `first` on; gives their ids, the oldest first. */
export function generateRuns(root, spec, count, first = 0) {
  const example = (name) => JSON.parse(readFileSync(join(spec, "examples/valid", `${name}.json`), "utf8"));
  const [run, experiment] = [example("run-completed"), example("experiment-synthetic")];
  const shared = sharedFiles();
  const ids = [];
  for (let number = first; number < first + count; number += 1) {
    const { id, month, start } = named(number);
    const folder = join(root, "records", month, id);
    mkdirSync(join(folder, "00_run_metadata"), { recursive: true });
    for (const [name, text] of shared) place(root, folder, name, text, number);
    const numbers = numbersOf(number);
    write(folder, "manifest.json", { ...experiment, experiment_id: id, params: paramsOf(number, numbers) });
    write(folder, "run_manifest.json", {
      ...run,
      output_dir: `records/${month}/${id}`,
      run_name: `train_${number % 7}.py`,
      started_at: new Date(start).toISOString(),
      finished_at: new Date(start + 1000 * (1 + (number % 3600))).toISOString(),
    });
    write(folder, "00_run_metadata/metrics_summary.json", summaryOf(numbers, number));
    ids.push(id);
  }
  return ids;
}

/** A thousand a month from January 2000 on, half an hour apart. */
function named(number) {
  const months = Math.floor(number / perMonth);
  const start = Date.UTC(2000, months, 1) + (number % perMonth) * 1_800_000 + 7000;
  const time = new Date(start).toISOString();
  const suffix = number.toString(36).padStart(6, "0");
  return {
    id: `${time.slice(0, 19).replaceAll(/[-:]/g, "")}Z_3f9c2e1_${suffix}`,
    month: time.slice(0, 7),
    start,
  };
}

/** The same for the same run, in every process; between 0 and 1. */
function numbersOf(number) {
  let state = (number + 1) * 0x9e3779b1;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x85ebca6b) + 0x6d2b79f5;
    state ^= state >>> 13;
    return (state >>> 0) / 2 ** 32;
  };
}

const optimizers = ["adam", "adamw", "sgd", "lion", "rmsprop"];

function paramsOf(number, next) {
  const params = {
    argv: ["python", "train.py", "--seed", String(number % 10)],
    lr: [0.1, 0.03, 0.01, 0.003, 0.001, 0.0003][number % 6],
    seed: number % 10,
    optim: { name: optimizers[number % 5], momentum: 0.9 },
    note: number % 11 === 0 ? `run ${number}` : null,
  };
  for (let index = 0; index < 15; index += 1)
    params[`p${index}`] =
      index % 3 === 0 ? optimizers[Math.floor(next() * 5)] : Math.round(next() * 1e4) / 1e4;
  return params;
}

const metrics = ["acc", "loss", "val/acc", "val/loss", "f1", "lr", "epoch", "grad_norm"];

function summaryOf(next, number) {
  const point = (step) => ({ value: next(), step });
  const one = () => ({ count: 100 + (number % 50), nan: 0, last: point(99), min: point(7), max: point(80) });
  return {
    metrics_summary_version: 1,
    metrics: Object.fromEntries(metrics.map((name) => [name, one()])),
    left_out: { secret: 0, beyond_the_first_names: 0 },
    unread: [],
  };
}

function sharedFiles() {
  const command = { command_version: 1, argv: ["python", "train.py"], cwd: ".", capture: "auto" };
  return [
    ["command.json", JSON.stringify(command)],
    ["config.resolved.json", "{}"],
    ["input_data_provenance.json", '{"provenance_version":1,"kind":"synthetic","seed":-7}'],
    ["environment.json", "{}"],
  ];
}

function place(root, folder, name, text, number) {
  const master = join(root, `.generated-${Math.floor(number / perMaster)}-${name}`);
  const target = join(folder, "00_run_metadata", name);
  try {
    linkSync(master, target);
  } catch {
    writeFileSync(master, text);
    linkSync(master, target);
  }
}

function write(folder, path, value) {
  writeFileSync(join(folder, path), JSON.stringify(value));
}
