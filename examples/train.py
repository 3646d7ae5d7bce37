"""Trains a softmax regression that tells a penguin's species from four measurements of its body."""

import argparse
import csv
import hashlib
import json
import math
import sys

FEATURES = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]


def main(words):
    options = read_options(words)
    penguins, dropped = read_penguins(options.data)
    print(f"data {len(penguins)} rows, {dropped} incomplete rows dropped", flush=True)

    training, held = split(penguins, options.seed)
    model = new_model(penguins, training)
    seen = [to_example(model, penguin) for penguin in training]
    unseen = [to_example(model, penguin) for penguin in held]
    for epoch in range(1, options.epochs + 1):
        descend(model, seen, options.lr)
        loss = mean_loss(model, seen)
        if not math.isfinite(loss):
            fail(f"the loss is {loss} in epoch {epoch}: try a smaller --lr")
        print(f"epoch {epoch} loss {loss:.4f} accuracy {accuracy(model, unseen):.2f}", flush=True)
    if options.out is not None:
        with open(options.out, "w", encoding="utf-8") as file:
            file.write(json.dumps(model, indent=2) + "\n")


def read_options(words):
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.error = fail  # argparse itself would end with 2
    parser.add_argument("--data", required=True, metavar="PATH", help="the table to train on")
    parser.add_argument("--lr", type=float, default=0.5, help="learning rate (0.5)")
    parser.add_argument("--epochs", type=int, default=30, help="passes over the data (30)")
    parser.add_argument("--seed", default="0", help="any text: decides which rows are held out (0)")
    parser.add_argument("--out", metavar="PATH", help="where to write the model as JSON")
    options = parser.parse_args(words)
    if not 0 < options.lr < math.inf:
        fail(f"--lr {options.lr}: expected a positive number")
    if options.epochs < 1:
        fail(f"--epochs {options.epochs}: expected a whole number from 1")
    return options


def fail(message):
    sys.exit(f"train.py: {message}")


def read_penguins(path):
    with open(path, encoding="utf-8", newline="") as file:
        table = csv.reader(file)
        columns = next(table, [])
        for name in ["species"] + FEATURES:
            if name not in columns:
                fail(f"{path} has no column {name}, only {', '.join(columns)}")
        rows = [read_penguin(cells, columns, f"{path} line {table.line_num}") for cells in table if cells]
    penguins = [penguin for penguin in rows if penguin is not None]
    if len(penguins) < 5:
        fail(f"{path} has fewer than 5 complete rows: {len(penguins)}")
    return penguins, len(rows) - len(penguins)


def read_penguin(cells, columns, place):
    """None when a value is missing."""
    if len(cells) != len(columns):
        fail(f"{place} has {len(cells)} values for {len(columns)} columns")
    row = dict(zip(columns, (cell.strip() for cell in cells)))
    if any(row[name] in ("", "NA") for name in ["species"] + FEATURES):
        return None
    return {"species": row["species"], "measurements": [measure(row, name, place) for name in FEATURES]}


def measure(row, name, place):
    try:
        number = float(row[name])
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        fail(f"{place}: {name} is {row[name]}, not a number or NA")
    return number


def split(penguins, seed):
    """Holds out a fifth, drawn by the digest of seed and row number: the same rows in every language."""

    def digest(row):
        return hashlib.sha256(f"{seed}:{row}".encode()).hexdigest()

    shuffled = [penguins[row] for row in sorted(range(len(penguins)), key=digest)]
    size = len(shuffled) // 5
    return shuffled[size:], shuffled[:size]


def new_model(penguins, training):
    """Weights are zero; the scale is that of the training rows alone: the held-out ones must stay unseen."""
    species = sorted({penguin["species"] for penguin in penguins})
    columns = list(zip(*(penguin["measurements"] for penguin in training)))
    mean = [average(column) for column in columns]
    variance = [average([(x - m) ** 2 for x in column]) for column, m in zip(columns, mean)]
    return {
        "species": species,
        "features": FEATURES,
        "mean": mean,
        "deviation": [math.sqrt(square) or 1.0 for square in variance],  # 1 where a column never varies
        "bias": [0.0 for _ in species],
        "weights": [[0.0 for _ in FEATURES] for _ in species],
    }


def to_example(model, penguin):
    columns = zip(penguin["measurements"], model["mean"], model["deviation"])
    inputs = [(x - mean) / deviation for x, mean, deviation in columns]
    return inputs, model["species"].index(penguin["species"])


def descend(model, examples, lr):
    """One step down the gradient of the mean loss."""
    predictions = [log_probabilities(model, inputs) for inputs, _ in examples]
    for k, weights in enumerate(model["weights"]):
        errors = [math.exp(logs[k]) - (target == k) for logs, (_, target) in zip(predictions, examples)]
        model["bias"][k] -= lr * average(errors)
        for i in range(len(weights)):
            weights[i] -= lr * average([error * inputs[i] for error, (inputs, _) in zip(errors, examples)])


def log_probabilities(model, inputs):
    scores = [
        bias + sum(x * weight for x, weight in zip(inputs, weights))
        for bias, weights in zip(model["bias"], model["weights"])
    ]
    highest = max(scores)  # taken off first, so that no exponential overflows
    log_sum = highest + math.log(sum(math.exp(score - highest) for score in scores))
    return [score - log_sum for score in scores]


def mean_loss(model, examples):
    return average([-log_probabilities(model, inputs)[target] for inputs, target in examples])


def accuracy(model, examples):
    """The share of examples whose own species is the likeliest."""
    logs = [(log_probabilities(model, inputs), target) for inputs, target in examples]
    return average([1 if each.index(max(each)) == target else 0 for each, target in logs])


def average(numbers):
    return sum(numbers) / len(numbers)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (OSError, UnicodeError, csv.Error) as error:
        fail(error)
