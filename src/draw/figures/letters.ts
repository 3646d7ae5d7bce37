/** How wide words come out, without a font: that of a wide one, so that no system's is wider, and the same on every machine. At 12 px. */

const widths: readonly (readonly [RegExp, number])[] = [
  [/[iIjl.,:;'|!()[\]{}` ]/, 4.2],
  [/[ftr\-/"*]/, 5.4],
  [/[mwMW%@]/, 11.6],
  [/[A-Z0-9_+=<>]/, 8],
  [/[\x20-\x7e]/, 7.3],
  [/[\u0080-\u2fff]/, 7.8],
];

export function widthOf(words: string): number {
  let sum = 0;
  for (const letter of words) sum += widths.find(([form]) => form.test(letter))?.[1] ?? 12;
  return sum;
}

/** Cut where it gets wider than `room`, with an ellipsis. */
export function shorten(words: string, room: number): string {
  if (widthOf(words) <= room) return words;
  const letters = [...words];
  while (letters.length > 1 && widthOf(letters.join("")) + 7 > room) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}
