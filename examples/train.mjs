/** Trains a softmax regression that tells a penguin's species from four measurements of its body. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const features = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"];

try {
  main(process.argv.slice(2));
} catch (error) {
  console.error(`train.mjs: ${error.message}`);
  process.exitCode = 1;
}

function main(words) {
  const { data, lr, epochs, seed, out } = readOptions(words);
  const { penguins, dropped } = readPenguins(data);
  console.log(`data ${penguins.length} rows, ${dropped} incomplete rows dropped`);

  const { training, held } = split(penguins, seed);
  const model = newModel(penguins, training);
  const [seen, unseen] = [training, held].map((part) => part.map((penguin) => toExample(model, penguin)));
  for (let epoch = 1; epoch <= epochs; epoch++) {
    descend(model, seen, lr);
    const loss = meanLoss(model, seen);
    if (!Number.isFinite(loss)) throw new Error(`the loss is ${loss} in epoch ${epoch}: try a smaller --lr`);
    console.log(`epoch ${epoch} loss ${loss.toFixed(4)} accuracy ${accuracy(model, unseen).toFixed(2)}`);
  }
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(model, null, 2)}\n`);
}

function readOptions(words) {
  const text = { type: "string" };
  const options = { data: text, lr: text, epochs: text, seed: text, out: text };
  const { data, lr = "0.5", epochs = "30", seed = "0", out } = parseArgs({ args: words, options }).values;
  if (!data) throw new Error("--data PATH is missing");
  if (!(Number(lr) > 0 && Number(lr) < Infinity)) throw new Error(`--lr ${lr}: expected a positive number`);
  if (!/^0*[1-9]\d*$/.test(epochs)) throw new Error(`--epochs ${epochs}: expected a whole number from 1`);
  return { data, lr: Number(lr), epochs: Number(epochs), seed, out };
}

function readPenguins(path) {
  const [header, ...lines] = readFileSync(path, "utf8").trimEnd().split(/\r?\n/);
  const columns = header.split(",");
  for (const name of ["species", ...features]) {
    if (!columns.includes(name)) throw new Error(`${path} has no column ${name}, only ${columns.join(", ")}`);
  }
  const rows = lines.map((line, index) => readPenguin(line.split(","), columns, `${path} line ${index + 2}`));
  const penguins = rows.filter((penguin) => penguin !== undefined);
  if (penguins.length < 5) throw new Error(`${path} has fewer than 5 complete rows: ${penguins.length}`);
  return { penguins, dropped: rows.length - penguins.length };
}

/** `undefined` when a value is missing. */
function readPenguin(cells, columns, place) {
  const [found, expected] = [cells.length, columns.length];
  if (found !== expected) throw new Error(`${place} has ${found} values for ${expected} columns`);
  const [species, ...measured] = ["species", ...features].map((name) => cells[columns.indexOf(name)].trim());
  if ([species, ...measured].some((cell) => cell === "" || cell === "NA")) return undefined;
  const wrong = measured.findIndex((cell) => !Number.isFinite(Number(cell)));
  if (wrong >= 0) throw new Error(`${place}: ${features[wrong]} is ${measured[wrong]}, not a number or NA`);
  return { species, measurements: measured.map(Number) };
}

/** Holds out a fifth, drawn by the digest of seed and row number: the same rows in every language. */
function split(penguins, seed) {
  const digest = (row) => createHash("sha256").update(`${seed}:${row}`).digest("hex");
  const drawn = penguins.map((penguin, row) => ({ penguin, key: digest(row) }));
  const shuffled = drawn.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ penguin }) => penguin);
  const size = Math.floor(shuffled.length / 5);
  return { held: shuffled.slice(0, size), training: shuffled.slice(size) };
}

/** Weights are zero; the scale is that of the training rows alone: the held-out ones must stay unseen. */
function newModel(penguins, training) {
  const species = [...new Set(penguins.map((penguin) => penguin.species))].sort();
  const columns = features.map((_, i) => training.map(({ measurements }) => measurements[i]));
  const mean = columns.map(average);
  const variance = columns.map((column, i) => average(column.map((x) => (x - mean[i]) ** 2)));
  const deviation = variance.map((square) => Math.sqrt(square) || 1); // 1 where a column never varies
  const bias = species.map(() => 0);
  return { species, features, mean, deviation, bias, weights: bias.map(() => features.map(() => 0)) };
}

function toExample({ species, mean, deviation }, penguin) {
  const inputs = penguin.measurements.map((x, i) => (x - mean[i]) / deviation[i]);
  return { inputs, target: species.indexOf(penguin.species) };
}

/** One step down the gradient of the mean loss. */
function descend(model, examples, lr) {
  const predictions = examples.map(({ inputs }) => logProbabilities(model, inputs));
  for (const k of model.species.keys()) {
    const errors = examples.map(({ target }, row) => Math.exp(predictions[row][k]) - (target === k ? 1 : 0));
    const slope = (i) => average(errors.map((error, row) => error * examples[row].inputs[i]));
    model.bias[k] -= lr * average(errors);
    model.weights[k] = model.weights[k].map((weight, i) => weight - lr * slope(i));
  }
}

function logProbabilities({ weights, bias }, inputs) {
  const scores = bias.map((b, k) => inputs.reduce((sum, x, i) => sum + x * weights[k][i], b));
  const highest = Math.max(...scores); // taken off first, so that no exponential overflows
  const logSum = highest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - highest), 0));
  return scores.map((score) => score - logSum);
}

function meanLoss(model, examples) {
  return average(examples.map(({ inputs, target }) => -logProbabilities(model, inputs)[target]));
}

/** The share of examples whose own species is the likeliest. */
function accuracy(model, examples) {
  const likeliest = (logs) => logs.indexOf(Math.max(...logs));
  return average(examples.map((it) => (likeliest(logProbabilities(model, it.inputs)) === it.target ? 1 : 0)));
}

function average(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
