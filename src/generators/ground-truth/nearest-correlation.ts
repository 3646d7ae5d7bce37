/** The positive-definite correlation matrix nearest to one that is none: Higham's alternating projections, with Dykstra's correction. */
import { toDigits } from "../elementary.js";

export type Table = readonly (readonly number[])[];

/** Eigenvalues below are lifted to it. */
const leastEigenvalue = 1e-8;
const mostSteps = 500;

/** The lower triangular factor; `undefined` when the matrix is not positive definite. */
export function choleskyFactor(matrix: Table): number[][] | undefined {
  const factor: number[][] = [];
  for (const [at, row] of matrix.entries()) {
    const made: number[] = [];
    for (let column = 0; column <= at; column += 1) {
      const other = column === at ? made : (factor[column] as number[]);
      let rest = row[column] as number;
      for (let k = 0; k < column; k += 1) rest -= (made[k] as number) * (other[k] as number);
      if (column === at) {
        if (rest <= leastEigenvalue / 100) return undefined;
        made.push(Math.sqrt(rest));
      } else made.push(rest / (other[column] as number));
    }
    factor.push(made);
  }
  return factor;
}

/** Symmetric, with ones on its diagonal, to 12 digits. The solver is loaded here alone: most matrices need none. */
export async function nearestCorrelation(requested: Table): Promise<number[][]> {
  const { EigenvalueDecomposition, Matrix } = await import("ml-matrix");
  let matrix = Matrix.checkMatrix(requested.map((row) => [...row]));
  let correction = Matrix.zeros(matrix.rows, matrix.columns);
  for (let step = 0; step < mostSteps; step += 1) {
    const corrected = Matrix.sub(matrix, correction);
    const { realEigenvalues, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(corrected, {
      assumeSymmetric: true,
    });
    const lifted = Matrix.diag(realEigenvalues.map((value) => Math.max(leastEigenvalue, value)));
    const definite = vectors.mmul(lifted).mmul(vectors.transpose());
    correction = Matrix.sub(definite, corrected);
    const before = matrix;
    matrix = definite.clone();
    for (let at = 0; at < matrix.rows; at += 1) matrix.set(at, at, 1);
    if (Matrix.sub(matrix, before).abs().max() < 1e-11) break;
  }
  return definiteFrom(matrix.to2DArray());
}

/** What rounding left below zero is drawn towards the identity, by no more than is needed. */
function definiteFrom(matrix: Table): number[][] {
  for (let share = 0; ; share = share === 0 ? leastEigenvalue : share * 10) {
    const drawn = matrix.map((row, a) =>
      row.map((value, b) => {
        if (a === b) return 1;
        const mean = (value + (matrix[b]?.[a] as number)) / 2;
        return Math.max(-1, Math.min(1, toDigits(mean * (1 - share))));
      }),
    );
    if (choleskyFactor(drawn) !== undefined) return drawn;
  }
}
