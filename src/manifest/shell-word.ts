/** Words of lines that people are told to type. */

/** A word as a shell takes it for itself, whatever stands in it. */
export function shellWord(word: string): string {
  // Letters beyond ASCII take V8 a while to look up.
  if (/^[\w@%+:,./=-]+$/.test(word) || /^[\p{L}\p{N}_@%+:,./=-]+$/u.test(word)) return word;
  return hidden.test(word) ? `$'${escaped(word)}'` : `'${word.replaceAll("'", "'\\''")}'`;
}

/** What a terminal would obey, or would not show. */
const hidden = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** In the spelling of bash and zsh, byte by byte. */
function escaped(word: string): string {
  return [...word]
    .map((character) => {
      if (character === "'" || character === "\\") return `\\${character}`;
      if (!hidden.test(character)) return character;
      return [...new TextEncoder().encode(character)]
        .map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`)
        .join("");
    })
    .join("");
}
