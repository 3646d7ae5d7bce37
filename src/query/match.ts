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

/** The same for a field of one number, made for columns of many. */
export function judgeNumbers(condition: Condition): (found: number) => boolean {
  const { field, operator, values } = condition;
  const [wanted] = values;
  const type = typeOf(field);
  const number = wanted === undefined ? null : ((type === "time" ? timeOf(wanted) : wanted.number) ?? null);
  switch (number === null || values.length > 1 || type === "flag" ? "present" : operator) {
    case "<":
      return (found) => found < (number as number);
    case "<=":
      return (found) => found <= (number as number);
    case ">":
      return (found) => found > (number as number);
    case ">=":
      return (found) => found >= (number as number);
    case "=":
      return Number.isNaN(number) ? Number.isNaN : (found) => found === number;
    default:
      return (found) => judgeValues(condition, [found]) === true;
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
  const number = type === "time" ? timeOf(wanted) : wanted.number;
  if (number !== undefined && number !== null) {
    const other = numberOf(found);
    return other !== null && inOrder(other, operator, number);
  }
  return operator === "=" ? textOf(found) === wanted.text : inOrder(textOf(found), operator, wanted.text);
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
