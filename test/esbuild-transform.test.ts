import { expect, test } from "@jest/globals";

/** They share most of what they import: without turns, most of them fail. */
const imports = [
  () => import("../src/index.js"),
  () => import("../src/operations/figures/record-figure.js"),
  () => import("../src/local-ports/figures/figures.js"),
  () => import("../src/operations/verify/verify-runs.js"),
  () => import("../src/local-ports/records/verify.js"),
  () => import("../src/operations/diff/diff-runs.js"),
  () => import("../src/local-ports/records/diff.js"),
  () => import("../src/git/capture.js"),
  () => import("../src/kinds/table.js"),
  () => import("../src/errors.js"),
];

test("modules that are imported at once, and share others, are all there", async () => {
  const settled = await Promise.allSettled(imports.map((load) => load()));
  expect(settled.map((one) => (one.status === "rejected" ? String(one.reason) : "imported"))).toEqual(
    imports.map(() => "imported"),
  );
});

test("an import that fails keeps none behind it waiting", async () => {
  const missing = "../src/nothing.js";
  const [first, second] = await Promise.allSettled([import(missing), import("../src/version.js")]);
  expect([first?.status, second?.status]).toEqual(["rejected", "fulfilled"]);
});
