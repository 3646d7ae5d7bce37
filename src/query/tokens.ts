/** The words of a query. Every token knows where it stands, so that an error can point at it. */
import { queryError } from "./query-error.js";

export type TokenKind = "word" | "quoted" | "ticked" | "number" | "symbol" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** Without quotes; of a word and a symbol, as typed. */
  readonly text: string;
  /** Of the first character, from 0. */
  readonly at: number;
  readonly length: number;
}

const symbol = /(?:==|!=|<>|<=|>=|=|<|>|\(|\)|,|\.)/y;
const number = /[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?(?![\w.:/-])/y;
/** `.5` and `-.5`, where a value may stand: behind a name, a dot parts it from the next. */
const fraction = /[+-]?\.\d+(?:[eE][+-]?\d+)?(?![\w.:/-])/y;
/** `2026-11-20T10:42:07.120Z`: the only word with a dot inside. */
const time = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?/y;

/**
 * Names of metrics have slashes, times have colons. A dot parts the names of a path. Letters beyond ASCII take V8 milliseconds to look
 * up, so only a query that has them waits for it.
 */
function wordsOf(query: string): RegExp {
  return /[^\0-\x7f]/.test(query)
    ? /[\p{L}\p{N}_/@$%+-][\p{L}\p{N}_/@$%:+-]*/uy
    : /[A-Za-z0-9_/@$%+-][A-Za-z0-9_/@$%:+-]*/y;
}

/** @throws UsageError that points at the character. */
export function readTokens(query: string): Token[] {
  const tokens: Token[] = [];
  const word = wordsOf(query);
  let at = 0;
  const take = (kind: TokenKind, pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(query)?.[0];
    if (found === undefined) return false;
    tokens.push({ kind, text: found, at, length: found.length });
    at += found.length;
    return true;
  };
  const mayBeValue = () => {
    const last = tokens.at(-1);
    return last?.kind === "symbol" && last.text !== "." && last.text !== ")";
  };
  while (at < query.length) {
    const character = query.charAt(at);
    if (/\s/.test(character)) at += 1;
    else if (character === "'" || character === '"' || character === "`") {
      const token = readQuoted(query, at);
      tokens.push(token);
      at += token.length;
    } else if (
      !take("word", time) &&
      !take("number", number) &&
      !(mayBeValue() && take("number", fraction)) &&
      !take("symbol", symbol) &&
      !take("word", word)
    ) {
      throw queryError(
        query,
        at,
        1,
        `${JSON.stringify(character)} means nothing here`,
        /[&|!]/.test(character)
          ? "Join conditions with AND, OR and NOT."
          : "Put text into quotes: 'like this'.",
      );
    }
  }
  return [...tokens, { kind: "end", text: "", at: query.length, length: 0 }];
}

/** A quote inside is doubled, as in SQL. */
function readQuoted(query: string, at: number): Token {
  const quote = query.charAt(at);
  let text = "";
  for (let place = at + 1; place < query.length; place += 1) {
    const character = query.charAt(place);
    if (character !== quote) text += character;
    else if (query.charAt(place + 1) === quote) {
      text += quote;
      place += 1;
    } else return { kind: quote === "`" ? "ticked" : "quoted", text, at, length: place + 1 - at };
  }
  throw queryError(
    query,
    at,
    query.length - at,
    `this ${quote} is never closed`,
    `Close it: ${quote}…${quote}`,
  );
}
