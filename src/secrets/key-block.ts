/** Private keys in PEM and OpenPGP armour: on one line or many, whole or cut off. */
import type { Secret } from "./secret.js";

export interface KeyBlocks {
  /** What of the next line belongs to a private key. */
  find(line: string): Secret[];
  /** A key has begun and not ended: the next line belongs to it if it looks like it. */
  readonly open: boolean;
}

export function createKeyBlocks(): KeyBlocks {
  let part: Part = "outside";
  return {
    get open() {
      return part !== "outside";
    },
    find(line) {
      const footer = part === "outside" ? null : end.exec(line);
      if (footer !== null) {
        const from = footer.index + footer[0].length;
        return [{ start: 0, end: from, rule: null }, ...findBlocks(line, from)];
      }
      part = nextPart(part, line);
      return part === "outside" ? findBlocks(line, 0) : [{ start: 0, end: line.length, rule: null }];
    },
  };

  function findBlocks(line: string, from: number): Secret[] {
    part = "outside";
    if (!line.includes("-----BEGIN ", from)) return [];
    const blocks = Array.from(line.slice(from).matchAll(block), (match) => ({
      start: from + match.index,
      end: from + match.index + match[0].length,
      rule: "private-key",
    }));
    const last = blocks.at(-1);
    part = last === undefined || end.test(line.slice(last.start, last.end)) ? "outside" : "body";
    return blocks;
  }
}

/** A line shorter than the others is the last but for a checksum: a key that was cut off swallows no prose. */
type Part = "outside" | "body" | "tail";

/** Within one line: up to its footer, or up to the end of the quotes it stands in. */
const block =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^"'`]*?-----END [A-Z0-9 ]{0,40}-----|[^"'`]*)/g;
const end = /-----END [A-Z0-9 ]{0,40}-----/;

function nextPart(part: Part, line: string): Part {
  const text = line
    .trim()
    .replace(/^["']{1,3}/, "")
    .replace(/(?:\\n)?["']{0,3} {0,4}[,+\\]?$/, "");
  if (part === "body" && (text === "" || /^(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset):/.test(text)))
    return "body";
  if (part === "body" && /(?:^|[ \t"'|>:])[A-Za-z0-9+/=]{40,}$/.test(text)) return "body";
  if (part === "body" && /^[A-Za-z0-9+/]+={0,2}$/.test(text)) return "tail";
  return part !== "outside" && /^=[A-Za-z0-9+/]{4}$/.test(text) ? "tail" : "outside";
}
