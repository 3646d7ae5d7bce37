/** The fields that a query can name, whatever it calls them. */
import type { Entity, Field, Operator, Value } from "./query.js";

const entities: Readonly<Record<string, Entity>> = {
  metric: "metric",
  metrics: "metric",
  param: "param",
  params: "param",
  parameter: "param",
  parameters: "param",
  tag: "tag",
  tags: "tag",
  attribute: "attribute",
  attributes: "attribute",
  attr: "attribute",
  run: "attribute",
  git: "git",
  env: "env",
  data: "data",
  dataset: "data",
  datasets: "data",
};

export type AttributeType = "text" | "number" | "time" | "flag" | "status" | "commit";

/** By the name that `--json` has. */
export const attributes: Readonly<Record<string, AttributeType>> = {
  id: "text",
  name: "text",
  status: "status",
  folder: "text",
  pipeline: "text",
  started: "time",
  finished: "time",
  elapsed: "number",
  version: "number",
};

const aliases: Readonly<Record<string, string>> = {
  run_id: "id",
  run_name: "name",
  "run name": "name",
  state: "status",
  artifact_uri: "folder",
  start_time: "started",
  started_at: "started",
  created: "started",
  end_time: "finished",
  finished_at: "finished",
  ended: "finished",
  elapsed_seconds: "elapsed",
  duration: "elapsed",
};

const gitFields: Readonly<Record<string, AttributeType>> = { sha: "commit", branch: "text", dirty: "flag" };

export const placeOfFields =
  "Name metrics.loss, params.lr, tags, git.branch, env.python, data.train, status, name, id, started, finished or elapsed.";

type Refuse = (problem: string, hint: string) => Error;

/** `names`: as typed, parted by dots. */
export function fieldOf(
  names: readonly string[],
  place: Pick<Field, "at" | "length">,
  refuse: Refuse,
): Field {
  const [first = "", ...rest] = names;
  const entity = Object.hasOwn(entities, first.toLowerCase()) ? entities[first.toLowerCase()] : undefined;
  if (entity !== undefined && rest.length > 0) return checked({ entity, path: rest, ...place }, refuse);
  if (entity === "tag") return { entity, path: [], ...place };
  if (entity !== undefined && entity !== "attribute")
    throw refuse(`${first} stands alone`, `Say which: ${first}.NAME`);
  return checked({ entity: "attribute", path: names, ...place }, refuse);
}

function checked(field: Field, refuse: Refuse): Field {
  const { entity, path } = field;
  const name = path.join(".");
  if (entity === "attribute") {
    const known = Object.hasOwn(aliases, name.toLowerCase())
      ? (aliases[name.toLowerCase()] as string)
      : name.toLowerCase();
    if (!Object.hasOwn(attributes, known)) throw refuse(`there is no field "${name}"`, placeOfFields);
    return { ...field, path: [known] };
  }
  if (entity === "git" && !Object.hasOwn(gitFields, name))
    throw refuse(`there is no field "git.${name}"`, "Name git.sha, git.branch or git.dirty.");
  return field;
}

/** What a field holds, where that does not depend on the run. */
export function typeOf({ entity, path }: Field): AttributeType | "any" {
  if (entity === "attribute") return attributes[path[0] as string] as AttributeType;
  if (entity === "git") return gitFields[path[0] as string] as AttributeType;
  if (entity === "metric") return "number";
  return entity === "param" ? "any" : "text";
}

const orders: ReadonlySet<Operator> = new Set(["<", "<=", ">", ">="]);

/** Refuses what can match no run at all. */
export function checkComparison(field: Field, operator: Operator, value: Value, refuse: Refuse): void {
  const type = typeOf(field);
  const isText = operator === "like" || operator === "ilike";
  if (type === "number" && isText)
    throw refuse(
      `a number has no text to compare with ${operator.toUpperCase()}`,
      "Compare with =, !=, <, <=, >, >=.",
    );
  if (type === "number" && value.number === null)
    throw refuse(
      `a number is expected, found ${JSON.stringify(value.text)}`,
      "Write the number as it is: metrics.loss < 0.3",
    );
  if (type === "time" && isText)
    throw refuse(
      `a time has no text to compare with ${operator.toUpperCase()}`,
      "Compare with =, !=, <, <=, >, >=: started >= 2026-11-01 and started < 2026-12-01.",
    );
  if (type === "time" && timeOf(value) === undefined)
    throw refuse(
      `a time is expected, found ${JSON.stringify(value.text)}`,
      "Write 2026-11-20, 2026-11-20T10:42Z, now-7d, or milliseconds since 1970.",
    );
  if (type === "flag" && flagOf(value) === undefined)
    throw refuse(`true or false is expected, found ${JSON.stringify(value.text)}`, "Write: git.dirty = true");
  if (type === "status" && !isText && statusOf(value) === undefined)
    throw refuse(
      `there is no status ${JSON.stringify(value.text)}`,
      `A run is ${statuses.slice(0, -1).join(", ")} or ${statuses.at(-1)}.`,
    );
  if (type !== "number" && type !== "time" && type !== "any" && orders.has(operator))
    throw refuse(`text has no order to compare with ${operator}`, "Compare with =, !=, LIKE, ILIKE or IN.");
}

const statuses: readonly string[] = ["running", "completed", "failed", "lost", "unknown"];
/** MLflow's that no run has here: what was killed has failed, or is lost. */
const foreignStatuses: readonly string[] = ["scheduled", "killed"];

/** MLflow's words are understood: a run that FINISHED is completed. */
export function statusOf({ text }: Value): string | undefined {
  const word = text.toLowerCase() === "finished" ? "completed" : text.toLowerCase();
  return statuses.includes(word) || foreignStatuses.includes(word) ? word : undefined;
}

/** Milliseconds since 1970. A date alone, and a time without a zone, are UTC, as in the records. */
export function timeOf({ text, number }: Value): number | undefined {
  if (number !== null) return number;
  const [, date, clock, zone] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(text) ?? [];
  if (date === undefined) return undefined;
  const time = Date.parse(clock === undefined ? `${date}T00:00:00Z` : `${date}T${clock}${zone ?? "Z"}`);
  return Number.isNaN(time) ? undefined : time;
}

export function flagOf({ text, number }: Value): boolean | undefined {
  if (/^true$/i.test(text) || number === 1) return true;
  return /^false$/i.test(text) || number === 0 ? false : undefined;
}
