/** How many columns of a terminal a text takes: scripts of East Asia and emoji take two a character, marks on a character none. */
export function textWidth(text: string): number {
  if (narrow.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += marks.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}

/** ASCII, and the signs of our own lines among others: most texts need no other look. */
const narrow = /^[ -~\u00a0-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u2bff]*$/;
const marks = /^[\p{Mn}\p{Me}\u200b-\u200d]$/u;
/** Unicode's East_Asian_Width W and F, by blocks. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]$/u;
