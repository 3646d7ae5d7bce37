/** `verify` of a run whose data and artifacts are as they were, against a pass of `stat` over the same files. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pairs, processTime, timed, timedAsync } from "./measure.mjs";
import { makeRepository } from "./repository.mjs";

export async function verifyRows({ cli, scratch, short, library, row, env }) {
  // Also in short: of fewer files the asking of Git would be most of it.
  const files = 20_000;
  const root = makeRepository(join(scratch, "verified"), 20, env);
  const data = writeMany(join(root, "data"), files / 2);
  writeMany(join(root, "model"), files / 2);
  // As data and models are, they are no part of the code.
  writeFileSync(join(root, ".git/info/exclude"), "data/\nmodel/\n");
  const words = ["run", "--quiet", "--data", "data=data", "--artifact", "model=model", "--", "true"];
  processTime(process.execPath, [cli, ...words], { cwd: root, env });
  const run = newestRun(root);
  const ports = () => library.verifyPorts(root, env);
  // What changed just now is not remembered, as it could change again within the same tick of the clock.
  await setTimeout(3000);
  const { verdict } = await library.verifyRun(run, ports());
  if (verdict === "differs") throw new Error("a run that nobody touched is not as it was recorded");
  const kept = join(run, "artifacts");
  row(
    `verify a run of ${files} unchanged files`,
    "a stat pass",
    await pairs(
      () => timedAsync(() => library.verifyRun(run, ports())),
      async () => timed(() => statAll(data)) + timed(() => statAll(kept)),
      short ? 5 : 15,
      1,
    ),
    1.6,
  );
}

function writeMany(folder, files) {
  for (let index = 0; index < files; index += 1) {
    const inside = join(folder, `d${Math.floor(index / 200)}`);
    if (index % 200 === 0) mkdirSync(inside, { recursive: true });
    writeFileSync(join(inside, `f${index}.bin`), randomBytes(1024));
  }
  return folder;
}

function newestRun(root) {
  const records = join(root, "records");
  const [month] = readdirSync(records).filter((name) => /^\d{4}-\d{2}$/.test(name));
  return join(records, month, readdirSync(join(records, month)).sort().at(-1));
}

function statAll(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) statAll(path);
    else statSync(path, { bigint: true });
  }
}
