/**
 * Exponential, logarithm, sine, the normal distribution, gamma and beta: from `+ - * /` and square roots alone. Those are exact to the last bit on
 * every machine; `Math.exp` and its like may differ between engines.
 */

/** The two parts of the logarithm of 2: a multiple of the first is exact. */
const ln2 = { high: 0.6931471803691238, low: 1.9082149292705877e-10 };

export function exponential(x: number): number {
  if (x > 709.7) return Number.POSITIVE_INFINITY;
  if (x < -745) return 0;
  const doublings = Math.round(x / (ln2.high + ln2.low));
  const rest = x - doublings * ln2.high - doublings * ln2.low;
  let sum = 1;
  for (let n = 16; n >= 1; n -= 1) sum = 1 + (rest / n) * sum;
  for (let n = 0; n < doublings; n += 1) sum *= 2;
  for (let n = 0; n > doublings; n -= 1) sum /= 2;
  return sum;
}

/** Of a positive number. */
export function logarithm(x: number): number {
  let mantissa = x;
  let doublings = 0;
  for (; mantissa > Math.SQRT2; doublings += 1) mantissa /= 2;
  for (; mantissa < Math.SQRT1_2; doublings -= 1) mantissa *= 2;
  const s = (mantissa - 1) / (mantissa + 1);
  let sum = 0;
  for (let n = 27; n >= 1; n -= 2) sum = sum * s * s + 1 / n;
  return doublings * ln2.high + (doublings * ln2.low + 2 * s * sum);
}

/** The sine of so many whole turns. */
export function sineOfTurns(turns: number): number {
  const part = turns - Math.floor(turns);
  if (part > 0.5) return -sineOfTurns(part - 0.5);
  const x = 2 * Math.PI * (part > 0.25 ? 0.5 - part : part);
  let sum = 1;
  for (let n = 22; n >= 2; n -= 2) sum = 1 - ((x * x) / (n * (n + 1))) * sum;
  return x * sum;
}

/** How much of the standard normal distribution lies below: Marsaglia's series. */
export function normalBelow(z: number): number {
  if (z > 8) return 1;
  if (z < -8) return 0;
  const square = z * z;
  let [sum, before, term] = [z, 0, z];
  for (let n = 3; sum !== before; n += 2) {
    before = sum;
    term *= square / n;
    sum += term;
  }
  return 0.5 + sum * exponential(-0.5 * square - 0.9189385332046727);
}

/** Of a positive number: Stirling's series, far enough out. */
export function logGamma(x: number): number {
  let product = 1;
  let far = x;
  for (; far < 15; far += 1) product *= far;
  const inverse = 1 / (far * far);
  const series =
    (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) / far;
  return (far - 0.5) * logarithm(far) - far + 0.9189385332046727 + series - logarithm(product);
}

/** How much of the beta distribution lies below `x`, from 0 to 1. `scale` is `betaScale` of the same two parameters. */
export function betaBelow(x: number, a: number, b: number, scale: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = exponential(scale + a * logarithm(x) + b * logarithm(1 - x));
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

export function betaScale(a: number, b: number): number {
  return logGamma(a + b) - logGamma(a) - logGamma(b);
}

/** The continued fraction of the incomplete beta function, by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let n = 1; n <= 500; n += 1) {
    const even = (n * (b - n) * x) / ((a + 2 * n - 1) * (a + 2 * n));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + n) * (a + b + n) * x) / ((a + 2 * n) * (a + 2 * n + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
}

/** To so many decimals; the nearest double. */
export function toDecimals(value: number, decimals: number): number {
  let power = 1;
  for (let n = 0; n < decimals; n += 1) power *= 10;
  const rounded = Math.round(value * power) / power;
  return rounded === 0 ? 0 : rounded;
}

/** To 12 significant digits, beyond which a long sum is noise. */
export function toDigits(value: number): number {
  return Number(value.toPrecision(12));
}
