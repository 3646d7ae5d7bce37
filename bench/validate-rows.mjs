/** `colophon validate` over many manifests, whole process, against reading and parsing the same files. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pairs, processTime } from "./measure.mjs";

const targets = { 1000: 2.1, 10000: 1.6, 100000: 1.0 };

export async function validateRows({ root, cli, scratch, short, row, env }) {
  const reader = join(scratch, "read-and-parse.cjs");
  writeFileSync(
    reader,
    `const fs = require("node:fs"), path = require("node:path");
     const walk = (folder) => { for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
       const at = path.join(folder, entry.name);
       if (entry.isDirectory()) walk(at); else JSON.parse(fs.readFileSync(at, "utf8"));
     } };
     walk(process.argv[2]);`,
  );
  for (const count of short ? [1000] : [1000, 10_000, 100_000]) {
    const folder = join(scratch, `manifests-${count}`);
    writeManifests(folder, count, root);
    const measured = await pairs(
      () => processTime(process.execPath, [cli, "validate", folder], { env }),
      () => processTime(process.execPath, [reader, folder], { env }),
      short ? 3 : count === 100_000 ? 3 : 9,
      1,
    );
    row(`validate ${count} manifests`, "read and parse them", measured, targets[count]);
  }
}

export function writeManifests(folder, count, root) {
  const example = JSON.parse(
    readFileSync(join(root, "spec/examples/valid/experiment-external.json"), "utf8"),
  );
  for (let index = 0; index < count; index += 1) {
    const month = join(folder, `2026-${String(1 + (index % 12)).padStart(2, "0")}`);
    const id = `2026${String(1 + (index % 12)).padStart(2, "0")}01T000000Z_3f9c2e1_${index.toString(36).padStart(6, "0")}`;
    mkdirSync(join(month, id), { recursive: true });
    const params = Object.fromEntries(
      Array.from({ length: 40 }, (_, number) => [`parameter_${number}`, number * 0.125]),
    );
    writeFileSync(
      join(month, id, "manifest.json"),
      `${JSON.stringify({ ...example, experiment_id: id, params }, null, 2)}\n`,
    );
  }
}
