/** Newton's way to the square root of two, logged by a program that records itself: `node root.ts`, from Node 22.18 on. */
import { type LiveRun, startRun, synthetic } from "colophon";

const run: LiveRun = await startRun({ params: { start: 100 }, dataProvenance: synthetic(1) });
let x = 100;
for (let step = 0; step < 12; step += 1) {
  run.log({ gap: Number(Math.abs(x * x - 2).toFixed(6)) }, { step });
  x = (x + 2 / x) / 2;
}
await run.stage("10_check", () => {
  if (Math.abs(x - Math.SQRT2) > 1e-9) throw new Error(`it ended at ${x}`);
});
await run.finish();
