/** Lines of one colour are told apart by their dashes: 18 lines by three patterns, up to 42 by all of them. */
export const dashes = ["", "6 3", "1.5 3", "10 3 1.5 3", "16 6", "18 3 1.5 3 1.5 3", "3 8"] as const;

/** Whether six colours with three patterns are not enough. */
export function areMany(lines: number): boolean {
  return lines > 18;
}

/** As few as tell that many lines apart. */
export function dashesFor(lines: number): readonly string[] {
  return areMany(lines) ? dashes : dashes.slice(0, 3);
}
