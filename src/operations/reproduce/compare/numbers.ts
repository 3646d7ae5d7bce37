/** Numbers in text, and how far two of them lie apart. */

/** Relative to the larger one; 0 for equal ones, NaN and infinities included; infinite where only one is a number. */
export function relativeDifference(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.POSITIVE_INFINITY;
  return Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
}

const number = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/g;

/** The largest difference of two texts that are the same but for their numbers and blanks; `null` where they are not. */
export function differenceOfTexts(a: string, b: string): number | null {
  const [inA, inB] = [a.match(number) ?? [], b.match(number) ?? []];
  if (inA.length === 0 || inA.length !== inB.length || wordsOf(a) !== wordsOf(b)) return null;
  let largest = 0;
  for (const [index, text] of inA.entries()) {
    // Digits that a double cannot tell apart are names: ids, digests, times.
    if (isName(text, inB[index] as string)) return null;
    largest = Math.max(largest, relativeDifference(Number(text), Number(inB[index])));
  }
  return largest;
}

function wordsOf(text: string): string {
  return text.replace(number, "#").replace(/\s+/g, " ").trim();
}

function isName(a: string, b: string): boolean {
  return a !== b && /^[-+]?\d{16,}$/.test(a) && /^[-+]?\d{16,}$/.test(b);
}
