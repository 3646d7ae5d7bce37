/** Whether a run matches a query. What is not on record matches nothing, and neither does its opposite, as in SQL. */
import { flagOf, statusOf, timeOf, typeOf } from "./fields.js";
import { type QueriedRun, type Scalar, valuesOf } from "./queried-run.js";
import type { Condition, Query, Value } from "./query.js";

export function matches(query: Query, run: QueriedRun): boolean {
  return judge(query, run) === true;
}

/** `null` where the record does not say. */
function judge(query: Query, run: QueriedRun): boolean | null {
  if (query.is === "condition") return judgeValues(query, valuesOf(query.field, run));
  if (query.is === "not") {
    const inside = judge(query.part, run);
    return inside === null ? null : !inside;
  }
  const decisive = query.is === "or";
  let result: boolean | null = !decisive;
  for (const part of query.parts) {
    const each = judge(part, run);
    if (each === decisive) return decisive;
    if (each === null) result = null;
  }
  return result;
}

/**
 * `found`: what a run has in the condition's field. Of tags and inputs a run has several: one that matches is enough, and for `!=` none
 * may be equal.
 */
export function judgeValues(
  { field, operator, values, isNegated }: Condition,
  found: readonly Scalar[],
): boolean | null {
  if (operator === "present") return found.length > 0 !== isNegated;
  if (found.length === 0) return null;
  const type = typeOf(field);
  const one = (operator: Condition["operator"]) =>
    found.some((value) => values.some((wanted) => compare(value, operator, wanted, type)));
  const result = operator === "!=" ? !one("=") : one(operator === "in" ? "=" : operator);
  return result !== isNegated;
}

/** The numbers from `low` to `high`, but not `except`, which is not a number where none is left out. */
export interface NumberRange {
  readonly low: number;
  readonly high: number;
  readonly except: number;
}

/** Those that fulfil a condition on a field of one number; `null` where that takes more than two comparisons to tell. */
export function rangeOf({ field, operator, values, isNegated }: Condition): NumberRange | null {
  const [wanted] = values;
  const type = typeOf(field);
  if (wanted === undefined || values.length > 1 || type === "flag" || isNegated) return null;
  const number = type === "time" ? timeOf(wanted) : wanted.number;
  if (number === undefined || number === null || Number.isNaN(number)) return null;
  const [lowest, highest, none] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN];
  switch (operator) {
    case "<":
      return { low: lowest, high: number, except: number };
    case "<=":
      return { low: lowest, high: number, except: none };
    case ">":
      return { low: number, high: highest, except: number };
    case ">=":
      return { low: number, high: highest, except: none };
    case "=":
      return { low: number, high: number, except: none };
    default:
      return null;
  }
}

function compare(
  found: Scalar,
  operator: Condition["operator"],
  wanted: Value,
  type: ReturnType<typeof typeOf>,
): boolean {
  if (operator === "like" || operator === "ilike")
    return like(wanted.text, operator === "ilike").test(textOf(found));
  if (type === "flag") return found === flagOf(wanted);
  if (type === "status") return found === statusOf(wanted);
  if (type === "commit" && /^[0-9a-f]{7,}$/.test(wanted.text)) return textOf(found).startsWith(wanted.text);
  const number = type === "time" ? timeOf(wanted) : numberFor(wanted, found);
  if (number !== undefined && number !== null) {
    const other = numberOf(found);
    return other !== null && inOrder(other, operator, number);
  }
  // Python spells them True and False.
  if (typeof found === "boolean") return operator === "=" && textOf(found) === wanted.text.toLowerCase();
  return operator === "=" ? textOf(found) === wanted.text : inOrder(textOf(found), operator, wanted.text);
}

/** MLflow has parameters in quotes, each as its program spelled it: `'1e-05'` and `'0.10'` are numbers where a number is on record. */
function numberFor({ number, text }: Value, found: Scalar): number | null {
  return number ?? (typeof found === "number" ? numberOf(text) : null);
}

function inOrder<T extends number | string>(a: T, operator: Condition["operator"], b: T): boolean {
  switch (operator) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    default:
      // A metric that is not a number is found by asking for it.
      return Object.is(a, b) || a === b;
  }
}

/** A parameter that was given as text may be a number all the same. */
function numberOf(value: Scalar): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return null;
  const number = Number(value);
  return Number.isNaN(number) && !/^nan$/i.test(value) ? null : number;
}

export function textOf(value: Scalar): string {
  return typeof value === "string" ? value : String(value);
}

const patterns = new Map<string, RegExp>();

/** `%` is any text, `_` one character; a backslash before them makes them themselves. */
function like(pattern: string, ignoresCase: boolean): RegExp {
  const key = `${ignoresCase} ${pattern}`;
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const source = pattern.replaceAll(/\\[%_\\]|[%_]|[.*+?^${}()|[\]\\]/g, (part) => {
    if (part === "%") return "[^]*";
    if (part === "_") return "[^]";
    return part.length === 2 ? escaped(part.charAt(1)) : escaped(part);
  });
  const compiled = new RegExp(`^${source}$`, ignoresCase ? "iu" : "u");
  patterns.set(key, compiled);
  return compiled;
}

function escaped(character: string): string {
  return /[%_]/.test(character) ? character : `\\${character}`;
}
