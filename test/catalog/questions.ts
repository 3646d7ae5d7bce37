/** Every field with every comparison and every kind of value, as far as the language takes them. */
import { parseQuery } from "../../src/query/parse-query.js";
import type { Query } from "../../src/query/query.js";

export const fields = [
  ...["status", "name", "id", "folder", "pipeline", "started", "finished", "elapsed", "version"],
  ...["metrics.loss", "metrics.loss.min", "metrics.loss.max", "metrics.loss.count", "metrics.loss.last"],
  ...["metrics.`val/acc`", "metrics.f1", "metrics.none", "metrics.`loss.min`.count"],
  ...["params.lr", "params.mixed", "params.rare", "params.mixed.name", "params.`mixed.name`", "params.none"],
  ...["params.optim", "params.optim.name", "params.optim.`a.b`", "params.optim.deep.er", "params.argv.1"],
  ...["tag", "tags.baseline", "tags.model", "git.sha", "git.branch", "git.dirty", "env.platform", "env.none"],
  ...["data.seed", "data.train", "data.name", "data.digest"],
];

const values = [
  ...["0.1", "0", "7", "-3", "nan", "inf", "'0.1'", "'adam'", "''", "true", "false", "completed", "failed"],
  ...["'train.py'", "'main'", "'baseline'", "'large'", "'3f9c2e1'", "'train'", "2026-11-20", "'[1,2]'"],
];

const comparisons = [
  ...["=", "!=", "<", "<=", ">", ">="].flatMap((sign) => values.map((value) => `${sign} ${value}`)),
  ...["LIKE '%a%'", "NOT LIKE '%a%'", "ILIKE 'TRAIN%'", "LIKE '_'", "IS NULL", "IS NOT NULL"],
  ...["IN ('adam', 'main', '0.1')", "NOT IN ('adam', 'main', '0.1')", "IN (0.1, 7)", "NOT IN (completed)"],
];

export interface Asked {
  readonly text: string;
  readonly query: Query;
}

export function conditions(): Asked[] {
  return fields.flatMap((field) => comparisons.flatMap((comparison) => parsed(`${field} ${comparison}`)));
}

/** Three conditions each, joined in every way, every so many of them. */
export function joined(all: readonly Asked[], every: number): Asked[] {
  const forms = [
    "a AND b",
    "a OR b",
    "NOT a",
    "NOT (a AND b) OR c",
    "a AND (b OR NOT c)",
    "NOT (a OR b OR c)",
  ];
  return all.flatMap((a, index) => {
    if (index % every !== 0) return [];
    const [b, c] = [all[(index * 7 + 11) % all.length], all[(index * 13 + 5) % all.length]];
    return forms.flatMap((form) =>
      parsed(
        form.replaceAll(/\b[abc]\b/g, (name) => `(${({ a, b, c } as Record<string, Asked>)[name]?.text})`),
      ),
    );
  });
}

function parsed(text: string): Asked[] {
  try {
    return [{ text, query: parseQuery(text, Date.UTC(2026, 10, 25)) }];
  } catch {
    return [];
  }
}
