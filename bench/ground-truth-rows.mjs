/** A large ground-truth manifest, built, validated and written, against `JSON.stringify` of it. */
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { pairs, processTime, timed } from "./measure.mjs";

export async function groundTruthRows({ library, short, row, root, cli, env, scratch }) {
  const { buildGroundTruthManifest, validateGroundTruthManifest, formatDisk } = library;
  const { config, state } = dataset(short ? 1000 : 5000, 60);
  const manifest = buildGroundTruthManifest(config, state);
  const stringify = () => timed(() => JSON.stringify(manifest));
  const size = `${config.entities.length} × 60`;
  const floor = "JSON.stringify of it";
  const go = (work) => pairs(() => timed(work), stringify, short ? 5 : 11);
  row(`ground truth of ${size}, built`, floor, await go(() => buildGroundTruthManifest(config, state)), 1);
  const validated = await go(() => {
    if (validateGroundTruthManifest(manifest).length > 0) throw new Error("it is not valid");
  });
  row(`ground truth of ${size}, validated`, floor, validated, 2);
  row(`ground truth of ${size}, as its file`, floor, await go(() => formatDisk(manifest)), 5);
  await generatorRow({ short, row, root, cli, env, scratch });
}

/** The example's world with more entities: a whole process, against writing and syncing the same bytes in this one. */
async function generatorRow({ short, row, root, cli, env, scratch }) {
  const [config, folder, copy] = ["world.yaml", "world", "world-copy"].map((name) => join(scratch, name));
  const count = short ? 200 : 5000;
  const text = readFileSync(join(root, "examples/ground-truth/world.yaml"), "utf8");
  const curves = ["growth", "decline", "spike_then_crash", "seasonal"];
  const entities = Array.from(
    { length: count },
    (_, index) => `  - { name: entity_${String(index).padStart(5, "0")}, archetype: ${curves[index % 4]} }`,
  );
  const wide = text.replace(/(?<=^entities:\n)(?: {2}- .*\n)+/m, `${entities.join("\n")}\n`);
  writeFileSync(config, wide);
  const generate = () => {
    rmSync(folder, { recursive: true, force: true });
    return processTime(process.execPath, [cli, "ground-truth", "generate", config, "--output-dir", folder], {
      env,
    });
  };
  generate();
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  const write = () =>
    timed(() => {
      for (const bytes of files) {
        const file = openSync(copy, "w");
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
        fsyncSync(file);
        closeSync(file);
      }
    });
  const bytes = files.reduce((sum, { length }) => sum + length, 0);
  const size = `${count} × 24 × 5 cells, ${(bytes / 1e6).toFixed(1)} MB`;
  row(
    `ground-truth generate, ${size}`,
    "writing the same bytes",
    await pairs(generate, write, 3, 1),
    short ? 100 : 200,
  );
}

function dataset(count, periods) {
  const names = Array.from({ length: count }, (_, index) => `entity_${String(index).padStart(5, "0")}`);
  const position = (entity, period) => ((entity * 7919 + period * 104729) % 9973) / 9973;
  const trajectories = names.map((name, entity) => [
    name,
    Array.from({ length: periods }, (_, period) => position(entity, period)),
  ]);
  const fired = names.map((name, entity) => [
    name,
    Array.from({ length: periods }, (_, period) => period).filter((period) => position(entity, period) > 0.7),
  ]);
  return {
    config: {
      seed: 42,
      entities: names.map((name, entity) => ({ name, archetype: ["growth", "decline"][entity % 2] })),
      holdout: { enabled: true, target: "mrr", periods: 6 },
    },
    state: {
      trajectories: Object.fromEntries(trajectories),
      eventFirings: { evt_login: Object.fromEntries(fired), evt_ticket: {} },
    },
  };
}
