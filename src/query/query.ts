/** A query, read: conditions on the fields of a run, joined by AND, OR and NOT. */

export type Query =
  | { readonly is: "and" | "or"; readonly parts: readonly Query[] }
  | { readonly is: "not"; readonly part: Query }
  | Condition;

export interface Condition {
  readonly is: "condition";
  readonly field: Field;
  readonly operator: Operator;
  /** One, or those of a list; none for `present`. */
  readonly values: readonly Value[];
  /** `NOT IN`, `NOT LIKE`, `IS NULL`. */
  readonly isNegated: boolean;
}

/** `!=` is its own operator and no negation: as everywhere, a run without the field matches neither. */
export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "like" | "ilike" | "in" | "present";

/** Which value of a run is meant; `path` is what follows the entity. */
export interface Field {
  readonly entity: Entity;
  readonly path: readonly string[];
  readonly at: number;
  readonly length: number;
}

export type Entity = "attribute" | "metric" | "param" | "tag" | "git" | "env" | "data";

export interface Value {
  readonly text: string;
  /** Where it was written as a number. Quoted text is text, but for what is on record as a number. */
  readonly number: number | null;
  readonly at: number;
  readonly length: number;
}
