/**
 * The grammar, a superset of the one that MLflow searches with:
 *
 *     query      := and { OR and }
 *     and        := not { AND not }
 *     not        := NOT not | "(" query ")" | condition
 *     condition  := field comparator value
 *                 | field [NOT] (LIKE | ILIKE) value
 *                 | field [NOT] IN "(" value { "," value } ")"
 *                 | field IS [NOT] NULL
 *     field      := [ entity "." ] name { "." name }
 */
import { checkComparison, fieldOf, placeOfFields } from "./fields.js";
import type { Condition, Field, Operator, Query, Value } from "./query.js";
import { queryError } from "./query-error.js";
import { readTokens, type Token } from "./tokens.js";

const comparators: Readonly<Record<string, Operator>> = {
  "=": "=",
  "==": "=",
  "!=": "!=",
  "<>": "!=",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};

/** How deep parentheses and NOT may stand in each other. */
const deepest = 100;

/** `now`: milliseconds since 1970, for `now-7d`. @throws UsageError that points at the character. */
export function parseQuery(query: string, now: number): Query {
  const reader = readerOf(query, now);
  const parsed = readOr(reader, 0);
  const rest = reader.peek();
  if (rest.kind !== "end")
    throw reader.fail(rest, `${shown(rest)} is not expected here`, "Join conditions with AND or OR.");
  return parsed;
}

/** The field of `--sort` and `--columns`, in the same words. */
export function parseField(text: string): Field {
  const reader = readerOf(text, 0);
  const field = readField(reader);
  const rest = reader.peek();
  if (rest.kind !== "end")
    throw reader.fail(rest, `${shown(rest)} is not expected behind a field`, placeOfFields);
  return field;
}

/** What stands between commas, without space around it. A comma in quotes is part of a name. @throws UsageError */
export function splitFields(text: string): string[] {
  const commas = readTokens(text).filter((token) => token.kind === "symbol" && token.text === ",");
  const ends = [...commas.map(({ at }) => at), text.length];
  return ends.map((end, index) => text.slice(index === 0 ? 0 : (ends[index - 1] as number) + 1, end).trim());
}

interface Reader {
  readonly peek: (ahead?: number) => Token;
  readonly next: () => Token;
  /** Takes the next token if it is this keyword. */
  readonly takes: (keyword: string) => boolean;
  readonly takesSymbol: (symbol: string) => boolean;
  readonly fail: (token: Pick<Token, "at" | "length">, problem: string, hint: string) => Error;
  readonly now: number;
}

function readerOf(query: string, now: number): Reader {
  const tokens = readTokens(query);
  let place = 0;
  const peek = (ahead = 0): Token => tokens[Math.min(place + ahead, tokens.length - 1)] as Token;
  const next = (): Token => {
    const token = peek();
    place += 1;
    return token;
  };
  const takesIf = (isIt: boolean): boolean => {
    if (isIt) place += 1;
    return isIt;
  };
  return {
    peek,
    next,
    takes: (keyword) => takesIf(isKeyword(peek(), keyword)),
    takesSymbol: (symbol) => takesIf(peek().kind === "symbol" && peek().text === symbol),
    fail: ({ at, length }, problem, hint) => queryError(query, at, length, problem, hint),
    now,
  };
}

function isKeyword({ kind, text }: Token, keyword: string): boolean {
  return kind === "word" && text.toUpperCase() === keyword;
}

function readOr(reader: Reader, depth: number): Query {
  const parts = [readAnd(reader, depth)];
  while (reader.takes("OR")) parts.push(readAnd(reader, depth));
  return parts.length === 1 ? (parts[0] as Query) : { is: "or", parts };
}

function readAnd(reader: Reader, depth: number): Query {
  const parts = [readNot(reader, depth)];
  while (reader.takes("AND")) parts.push(readNot(reader, depth));
  return parts.length === 1 ? (parts[0] as Query) : { is: "and", parts };
}

function readNot(reader: Reader, depth: number): Query {
  const token = reader.peek();
  if (depth > deepest) throw reader.fail(token, `more than ${deepest} levels`, "Take the query apart.");
  if (reader.takes("NOT")) return { is: "not", part: readNot(reader, depth + 1) };
  if (!reader.takesSymbol("(")) return readCondition(reader);
  const inside = readOr(reader, depth + 1);
  if (!reader.takesSymbol(")"))
    throw reader.fail(
      reader.peek(),
      `a ) is missing for the ( of character ${token.at + 1}`,
      "Close the parenthesis.",
    );
  return inside;
}

function readCondition(reader: Reader): Condition {
  const field = readField(reader);
  const token = reader.next();
  const condition = (operator: Operator, values: readonly Value[], isNegated = false): Condition => {
    for (const value of values)
      checkComparison(field, operator, value, (problem, hint) => reader.fail(value, problem, hint));
    return { is: "condition", field, operator, values, isNegated };
  };
  const comparator = token.kind === "symbol" ? comparators[token.text] : undefined;
  if (comparator !== undefined) return condition(comparator, [readValue(reader)]);
  if (isKeyword(token, "IS")) {
    const isNegated = !reader.takes("NOT");
    if (!reader.takes("NULL"))
      throw reader.fail(
        reader.peek(),
        `NULL is expected behind IS, found ${shown(reader.peek())}`,
        "Write: IS NULL, or IS NOT NULL.",
      );
    return condition("present", [], isNegated);
  }
  const isNegated = isKeyword(token, "NOT");
  const word = isNegated ? reader.next() : token;
  if (isKeyword(word, "LIKE")) return condition("like", [readValue(reader)], isNegated);
  if (isKeyword(word, "ILIKE")) return condition("ilike", [readValue(reader)], isNegated);
  if (isKeyword(word, "IN")) return condition("in", readList(reader), isNegated);
  throw reader.fail(
    word,
    `a comparison is expected, found ${shown(word)}`,
    "Compare with =, !=, <, <=, >, >=, LIKE, ILIKE, IN (…), IS NULL.",
  );
}

/** Names may be quoted or in backticks where they have other characters; behind a dot even where they are keywords. */
function readField(reader: Reader): Field {
  const first = reader.next();
  if (!isName(first))
    throw reader.fail(first, `the name of a field is expected, found ${shown(first)}`, placeOfFields);
  const names = [first.text];
  let last = first;
  while (reader.takesSymbol(".")) {
    last = reader.next();
    if (!isName(last))
      throw reader.fail(last, `a name is expected behind the dot, found ${shown(last)}`, placeOfFields);
    names.push(last.text);
  }
  const place = { at: first.at, length: last.at + last.length - first.at };
  return fieldOf(names, place, (problem, hint) => reader.fail(place, problem, hint));
}

function isName({ kind }: Token): boolean {
  return kind === "word" || kind === "quoted" || kind === "ticked" || kind === "number";
}

function readList(reader: Reader): Value[] {
  const open = reader.peek();
  if (!reader.takesSymbol("("))
    throw reader.fail(open, `a list is expected behind IN, found ${shown(open)}`, "Write: IN ('a', 'b').");
  const values = [readValue(reader)];
  while (reader.takesSymbol(",")) values.push(readValue(reader));
  if (reader.takesSymbol(")")) return values;
  throw reader.fail(
    reader.peek(),
    `the list ends with ), found ${shown(reader.peek())}`,
    "Write: IN ('a', 'b').",
  );
}

const units: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };

/** A bare word is text; `now-7d` is a time. */
function readValue(reader: Reader): Value {
  const token = reader.next();
  const { kind, text, at, length } = token;
  const value = (number: number | null): Value => ({ text, number, at, length });
  if (kind === "quoted") return value(null);
  if (kind === "number") return value(Number(text));
  if (kind !== "word")
    throw reader.fail(
      token,
      `a value is expected, found ${shown(token)}`,
      "Write a number, or text in quotes: 'adam'.",
    );
  const [, count, unit = ""] = /^now(?:-(\d+)([smhdw]))?$/.exec(text) ?? [];
  if (text === "now" || count !== undefined)
    return value(reader.now - Number(count ?? 0) * (units[unit] ?? 0));
  if (/^[+-]?(inf|infinity)$/i.test(text))
    return value(text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  return value(/^nan$/i.test(text) ? Number.NaN : null);
}

function shown({ kind, text }: Token): string {
  return kind === "end" ? "the end of the query" : `"${text}"`;
}
