import { describe, expect, test } from "@jest/globals";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import {
  choleskyFactor,
  nearestCorrelation,
} from "../../../src/generators/ground-truth/nearest-correlation.js";

const distance = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]) =>
  Math.sqrt(
    a.reduce(
      (sum, row, i) => sum + row.reduce((part, value, j) => part + (value - (b[i]?.[j] ?? 0)) ** 2, 0),
      0,
    ),
  );

describe("nearestCorrelation", () => {
  test("finds the matrix that Higham (2002) gives", async () => {
    const found = await nearestCorrelation([
      [1, 1, 0],
      [1, 1, 1],
      [0, 1, 1],
    ]);
    // The published solution, to four digits.
    for (const [i, row] of [
      [1, 0.7607, 0.1573],
      [0.7607, 1, 0.7607],
      [0.1573, 0.7607, 1],
    ].entries())
      for (const [j, value] of row.entries()) expect(found[i]?.[j]).toBeCloseTo(value, 4);
  });

  test("gives a positive-definite matrix with ones, and none that is nearer on the way to another", async () => {
    const asked = [
      [1, 0.9, 0.9, -0.4],
      [0.9, 1, -0.9, 0.2],
      [0.9, -0.9, 1, 0.6],
      [-0.4, 0.2, 0.6, 1],
    ];
    const found = await nearestCorrelation(asked);
    expect(choleskyFactor(asked)).toBeUndefined();
    expect(choleskyFactor(found)).toBeDefined();
    const { realEigenvalues } = new EigenvalueDecomposition(new Matrix(found), { assumeSymmetric: true });
    expect(Math.min(...realEigenvalues)).toBeGreaterThan(0);
    for (const [at, row] of found.entries()) {
      expect(row[at]).toBe(1);
      for (const [other, value] of row.entries()) expect(found[other]?.[at]).toBe(value);
    }
    // The set of such matrices is convex: towards any other one, the distance must not shrink.
    const identity = asked.map((row, i) => row.map((_, j) => Number(i === j)));
    const halves = asked.map((row, i) => row.map((_, j) => (i === j ? 1 : 0.5)));
    for (const other of [identity, halves]) {
      const step = found.map((row, i) =>
        row.map((value, j) => value + 0.01 * ((other[i]?.[j] ?? 0) - value)),
      );
      expect(distance(step, asked)).toBeGreaterThan(distance(found, asked));
    }
  });

  test("leaves a factor that multiplies to the matrix", () => {
    const matrix = [
      [1, 0.5, -0.2],
      [0.5, 1, 0.1],
      [-0.2, 0.1, 1],
    ];
    const factor = choleskyFactor(matrix) ?? [];
    for (const [i, row] of matrix.entries())
      for (const [j, value] of row.entries()) {
        const product = (factor[i] ?? []).reduce((sum, each, k) => sum + each * (factor[j]?.[k] ?? 0), 0);
        expect(product).toBeCloseTo(value, 14);
      }
  });
});
