import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { UsageError } from "../../src/errors.js";
import { matches } from "../../src/query/match.js";
import { parseQuery, splitFields } from "../../src/query/parse-query.js";
import type { QueriedRun } from "../../src/query/queried-run.js";
import { compareBy, parseSort } from "../../src/query/sort.js";

const now = Date.parse("2026-11-21T00:00:00Z");
const metric = (last: number, min = last, max = last, count = 1) => ({ last, min, max, count });
const run: QueriedRun = {
  id: "20261120T104207Z_3f9c2e1_k3f9q2",
  name: "train it's",
  status: "completed",
  folder: "/p/records/2026-11/20261120T104207Z_3f9c2e1_k3f9q2",
  pipeline: "command",
  started: Date.parse("2026-11-20T10:42:07Z"),
  finished: Date.parse("2026-11-20T10:43:07Z"),
  elapsed: 60,
  version: 3,
  metrics: {
    loss: metric(0.31, 0.3, 2, 12),
    "val/acc": metric(0.9),
    "loss.min": metric(7),
    diverged: metric(Number.NaN),
    "top 5": metric(5),
    5: metric(55),
  },
  params: {
    lr: 3e-4,
    depth: "12",
    model: "large",
    optim: { name: "adam", betas: [0.9, 0.99] },
    "a.b": 1,
    a: { b: 2, c: 3 },
    flag: true,
    nothing: null,
  },
  tags: ["baseline", "model=large", "50%_off"],
  git: { sha: "3f9c2e1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", branch: "main", dirty: false },
  env: { python: "3.11.7", platform: "Linux-6.1" },
  data: { train: "ab".repeat(32), test: "cd".repeat(32) },
};

const is = (query: string) => matches(parseQuery(query, now), run);

describe("what a query finds", () => {
  test.each([
    // MLflow's grammar
    "metrics.loss < 0.32",
    "metric.loss <= 0.31 and metrics.loss >= 0.31 AND metrics.loss = 0.31",
    "metrics.`val/acc` > 0.5",
    'metrics."top 5" = 5',
    "params.model = 'large'",
    'param.model != "small"',
    "parameters.model LIKE 'lar%'",
    "params.model ILIKE 'LAR_E'",
    "tags.model = 'large'",
    "tag.baseline IS NOT NULL",
    "tags.other IS NULL",
    "attributes.status = 'FINISHED'",
    "attr.run_name LIKE 'train%'",
    "`run name` LIKE 'train%'",
    "run_id IN ('x', '20261120T104207Z_3f9c2e1_k3f9q2')",
    "run.run_id NOT IN ('x')",
    `start_time > ${now - 864e5} and end_time < ${now}`,
    "created >= 2026-11-20",
    "dataset.name = 'train'",
    `datasets.digest IN ('${"ab".repeat(32)}')`,
    // and what it has not
    "metrics.loss > 1 OR params.model = large",
    "NOT metrics.loss > 1",
    "not (metrics.loss > 1 or status = failed)",
    "(metrics.loss > 1 and status = failed) or (git.branch = 'main' and git.dirty = false)",
    "git.sha = 3f9c2e1",
    "git.branch IN (main, dev) and env.python LIKE '3.%'",
    "started > now-1d and started <= now",
    "started > 2026-11-20T10:42Z and started < 2026-11-20T12:00:00+01:00",
    "elapsed >= 60 and duration < 1e3",
    "metrics.loss.max = 2 and metrics.loss.count = 12 and metrics.loss.last < 1",
    "metrics.val/acc = 0.9 or metrics.val/acc = 0.8",
    "params.optim.name = adam",
    "params.optim.betas = '[0.9,0.99]'",
    "params.lr = 0.0003 and params.lr = '0.0003' and params.lr < 1e-3",
    "params.depth > 5 and params.depth = '12' and params.depth = 12.0",
    "params.flag = true and params.nothing IS NULL",
    "params.lr = '3e-4' and params.lr = '0.00030' and params.lr IN ('3e-04') and params.lr < '1e-3'",
    "params.flag = 'True' and params.flag = True and params.flag != 'False' and tags.baseline = 'True'",
    "metrics.loss<.32 and metrics.loss > -.5 and metrics.loss IN (.31, +.5e1)",
    "metrics.5 = 55 and metrics.5 > .5",
    "params.a.c = 3 and params.a.b = 1",
    "metrics.diverged = NaN and not metrics.diverged < 1",
    "metrics.5 = 55",
    "metrics.loss.min = 7",
    "name = 'train it''s'",
    "tags LIKE 'base%' and tag = 'baseline' and tags IN ('x', 'baseline')",
    "tags LIKE '50\\%\\_off'",
    "data.train LIKE 'ab%' and data.seed IS NULL",
    "version = 3 and pipeline = command",
    "params.model <> 'small' and params.model == 'large'",
    "metrics.loss < inf and metrics.loss > -Infinity",
    "status != 'KILLED' and status NOT IN ('SCHEDULED', 'RUNNING')",
  ])("%s", (query) => {
    expect(is(query)).toBe(true);
  });

  test.each([
    "metrics.loss > 0.31",
    "metrics.gone < 1",
    "metrics.gone != 1",
    "NOT metrics.gone = 1",
    "params.gone != 'x' or params.gone = 'x'",
    "params.nothing = 'null'",
    "params.model LIKE 'ar%'",
    "params.model LIKE 'LARGE'",
    "params.model NOT LIKE 'lar%'",
    "params.model NOT IN ('large')",
    "tags.model = 'small'",
    "tags != 'baseline'",
    "tags LIKE '50____'",
    "status = failed",
    "started < now-1d",
    "params.__proto__.constructor IS NOT NULL",
    "params.toString IS NOT NULL or metrics.constructor IS NOT NULL or env.valueOf IS NOT NULL",
    "params.lr.toFixed IS NOT NULL",
    "params.lr != '3e-4' or params.lr = '' or params.lr = 'x'",
    "params.depth = '12.0'",
    "params.flag = 'False' or params.flag < 'True' or params.flag LIKE 'True'",
  ])("not: %s", (query) => {
    expect(is(query)).toBe(false);
  });
});

describe("a query that is none", () => {
  test.each([
    ["metrics.loss <", "a value is expected, found the end of the query, at character 15"],
    ["metrics.loss < 0.3 status = failed", '"status" is not expected here, at character 20'],
    ["metrics.loss < abc", 'a number is expected, found "abc", at character 16'],
    ["metrics.loss LIKE 'a'", "a number has no text to compare with LIKE, at character 19"],
    ["params = 'x'", "params stands alone, at character 1"],
    ["colour = 'red'", 'there is no field "colour", at character 1'],
    ["git.colour = 'red'", 'there is no field "git.colour", at character 1'],
    ["status = done", 'there is no status "done", at character 10'],
    ["status < failed", "text has no order to compare with <, at character 10"],
    ["name > 'a'", "text has no order to compare with >, at character 8"],
    ["started > yesterday", 'a time is expected, found "yesterday", at character 11'],
    ["started > 2026-13-40", 'a time is expected, found "2026-13-40", at character 11'],
    ["started LIKE '2026-11%'", "a time has no text to compare with LIKE, at character 14"],
    ["git.dirty = maybe", 'true or false is expected, found "maybe", at character 13'],
    ["(metrics.loss < 1", "a ) is missing for the ( of character 1, at character 18"],
    ["metrics.loss IN 1", 'a list is expected behind IN, found "1", at character 17'],
    ["metrics.loss IN (1, 2", "the list ends with ), found the end of the query, at character 22"],
    ["params.x IS 3", 'NULL is expected behind IS, found "3", at character 13'],
    ["params.x 3", 'a comparison is expected, found "3", at character 10'],
    ["params.x NOT 3", 'a comparison is expected, found "3", at character 14'],
    ["params. = 3", 'a name is expected behind the dot, found "=", at character 9'],
    ["AND", 'there is no field "AND", at character 1'],
    ["", "the name of a field is expected, found the end of the query, at character 1"],
    ["name = 'open", "this ' is never closed, at character 8"],
    ["name = .b", 'a value is expected, found ".", at character 8'],
    ["name = a && id = b", '"&" means nothing here, at character 10'],
    ["name = a;b", '";" means nothing here, at character 9'],
    [`${"(".repeat(200)}name = 'x'${")".repeat(200)}`, "more than 100 levels, at character 102"],
  ])("%s", (query, message) => {
    const error = refusal(query);
    expect([error.code, error.exitStatus]).toEqual(["BAD_QUERY", 2]);
    expect(error.message.split("\n")[0]).toBe(message);
    expect(error.hint).not.toBe("");
  });

  test("is shown with a mark under the place, also when it is long", () => {
    expect(refusal("metrics.loss < 1 and colour = 'red'").message.split("\n").slice(1)).toEqual([
      "  metrics.loss < 1 and colour = 'red'",
      "                       ^^^^^^",
    ]);
    const [, line = "", mark = ""] = refusal(
      `${"name = 'x' or ".repeat(30)}colour = 1${" and name = 'x'".repeat(20)}`,
    ).message.split("\n");
    expect(line.length).toBeLessThan(110);
    expect(line.slice(mark.indexOf("^"), mark.lastIndexOf("^") + 1)).toBe("colour");
  });

  test("never breaks anything else: whatever is typed is a query or a usage error", () => {
    const words = fc.constantFrom(
      ..."metrics params tags . loss < <= = != ( ) , AND OR NOT IN LIKE IS NULL 'a' \"b\" `c` 1 -2e3 now-7d 2026-11-20 é ; ''".split(
        " ",
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 3 })), { maxLength: 14 }), (parts) => {
        try {
          matches(parseQuery(parts.join(" "), now), run);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
      { numRuns: 5000 },
    );
  });
});

describe("AND, OR and NOT", () => {
  interface Tree {
    readonly text: string;
    /** `null`: not on record. */
    readonly value: boolean | null;
  }
  const leaf = fc.constantFrom<Tree>(
    { text: "metrics.loss < 1", value: true },
    { text: "metrics.loss > 1", value: false },
    { text: "metrics.gone > 1", value: null },
  );
  const join = (word: string, a: Tree, b: Tree): Tree => {
    const decisive = word === "OR";
    const value =
      a.value === decisive || b.value === decisive
        ? decisive
        : a.value === null || b.value === null
          ? null
          : !decisive;
    return { text: `(${a.text} ${word} ${b.text})`, value };
  };
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      leaf,
      tie("tree").map(({ text, value }) => ({ text: `NOT ${text}`, value: value === null ? null : !value })),
      fc
        .tuple(fc.constantFrom("AND", "OR"), tie("tree"), tie("tree"))
        .map(([word, a, b]) => join(word, a, b)),
    ),
  }));

  test("mean what they mean in SQL", () => {
    fc.assert(
      fc.property(tree, ({ text, value }) => {
        expect(is(text)).toBe(value === true);
        expect(is(`NOT (${text})`)).toBe(value === false);
      }),
      { numRuns: 2000 },
    );
  });

  test("bind as everywhere: NOT before AND before OR", () => {
    expect(is("metrics.loss < 1 OR metrics.loss < 1 AND metrics.loss > 1")).toBe(true);
    expect(is("NOT metrics.loss > 1 AND metrics.loss < 1")).toBe(true);
  });
});

function refusal(query: string): UsageError {
  try {
    parseQuery(query, now);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`no refusal: ${query}`);
}

test("a comma in quotes parts no fields", () => {
  const fields = splitFields(" metrics.`x,y` , params.'a,b' desc,-\"c\"");
  expect(fields).toEqual(["metrics.`x,y`", "params.'a,b' desc", '-"c"']);
  expect(parseSort("-metrics.`x,y`,name desc").map(({ field }) => field.path)).toEqual([["x,y"], ["name"]]);
});

describe("a sort", () => {
  const named = (name: string, more: Partial<QueriedRun>): QueriedRun => ({
    ...run,
    metrics: {},
    params: {},
    ...more,
    name,
  });
  const runs = [
    named("a", { metrics: { loss: metric(2) } }),
    named("b", {}),
    named("c", { metrics: { loss: metric(1) }, params: { lr: "high" } }),
    named("d", { metrics: { loss: metric(Number.NaN) }, params: { lr: 0.1 } }),
    named("e", { metrics: { loss: metric(2) }, params: { lr: 0.01 } }),
  ];
  const order = (sort: string) =>
    runs
      .toSorted(compareBy(parseSort(sort)))
      .map(({ name }) => name)
      .join("");
  test.each([
    ["metrics.loss", "caebd"],
    ["-metrics.loss", "aecbd"],
    ["metrics.loss DESC", "aecbd"],
    ["metrics.loss desc, -name", "eacdb"],
    ["params.lr", "edcab"],
    ["name", "abcde"],
    ["-name", "edcba"],
  ])("%s", (sort, expected) => {
    expect(order(sort)).toBe(expected);
  });
  test.each(["", "metrics.loss,", "colour", "metrics", "name name"])("%j is none", (sort) => {
    expect(() => parseSort(sort)).toThrow(expect.objectContaining({ code: "BAD_QUERY" }));
  });
});
