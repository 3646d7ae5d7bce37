/** A large ground-truth manifest, built, validated and written, against `JSON.stringify` of it. */
import { pairs, timed } from "./measure.mjs";

export async function groundTruthRows({ library, short, row }) {
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
