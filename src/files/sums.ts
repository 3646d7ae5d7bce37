/** The text that `sha256sum` writes and `sha256sum -c` reads: one line a file, `<64 hex>  <name>`. */
import { FileError } from "../errors.js";

export interface Sum {
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  readonly path: string;
}

const lineForm = /^(\\?)([0-9A-Fa-f]{64}) [ *](.+)$/s;
const needsEscape = /[\\\n\r]/;
const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r" };
const unescapes: Readonly<Record<string, string>> = { "\\\\": "\\", "\\n": "\n", "\\r": "\r" };

/** In the order given. */
export function formatSums(sums: Iterable<Sum>): string {
  let text = "";
  for (const sum of sums) text += formatSum(sum);
  return text;
}

/** A name with a backslash, a line feed or a carriage return is escaped, and the line begins with a backslash to say so. */
export function formatSum({ sha256, path }: Sum): string {
  if (!needsEscape.test(path)) return `${sha256}  ${path}\n`;
  return `\\${sha256}  ${path.replaceAll(/[\\\n\r]/g, (character) => escapes[character]!)}\n`;
}

/** Reads both the text (`  `) and the binary (` *`) form; blank lines and lines that begin with `#` say nothing. */
export function parseSums(text: string): Sum[] {
  const sums = new Map<string, Sum>();
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  for (const [index, line] of lines.entries()) {
    const content = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (content === "" || content.startsWith("#")) continue;
    const sum = parseSum(content, index + 1);
    const earlier = sums.get(sum.path);
    if (earlier !== undefined && earlier.sha256 !== sum.sha256) {
      throw badLine(index + 1, `gives ${sum.path} a second, different digest`);
    }
    sums.set(sum.path, sum);
  }
  return [...sums.values()];
}

function parseSum(line: string, number: number): Sum {
  const [, escaped, sha256, name] = lineForm.exec(line) ?? [];
  if (sha256 === undefined || name === undefined) throw badLine(number, `reads ${excerpt(line)}`);
  return { sha256: sha256.toLowerCase(), path: escaped ? unescapeName(name, number) : name };
}

function unescapeName(name: string, number: number): string {
  return name.replaceAll(/\\.?/gs, (sequence) => {
    const character = unescapes[sequence];
    if (character === undefined) throw badLine(number, `has an unknown escape in the name ${excerpt(name)}`);
    return character;
  });
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

function badLine(number: number, found: string): FileError {
  return new FileError(
    "BAD_SUMS_LINE",
    `line ${number} of the checksums ${found}; expected 64 hexadecimal digits, two blanks and a name`,
    { hint: "Write the list with: sha256sum FILE … > SHA256SUMS" },
  );
}
