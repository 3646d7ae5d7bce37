import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { trace_rows } from "../../src/generated/validators.js";
import { figurePorts } from "../../src/local-ports/figures/figures.js";
import { sha256 } from "../../src/manifest/digest.js";
import { recordFigure } from "../../src/operations/figures/record-figure.js";
import { parseCsvTable } from "../../src/tables/csv-text.js";
import { hasProgram, scratchFolder, testIf } from "../files/scratch.js";
import { makeParquet } from "../tables/make-parquet.js";
import { ask, post, type Reply, type Started, startIn } from "./asking.js";

const root = scratchFolder();
let server: Started;
let port: number;
let figure: string;
let other: string;
/** What must never be asked: the address of a source. */
const trap = createServer(() => {
  trapped += 1;
});
let trapped = 0;
let trapUrl: string;

/** Keys with whatever CSV and JSON have to escape. */
const odd = 'a,"b"\n; ü 🖋 \\ <script>';
const factors: readonly (readonly string[])[] = [
  ["f1", "CA", "2024", "31.20"],
  ["f1", "US", "2024", "1e2"],
  [odd, "CA", "2023", ""],
  ["f3", "CA", "2023", "  7 "],
];
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const factorLines = factors.map((row) => row.map(quoted).join(","));
const csv = `ef_id,region,year,g\n${factorLines.join("\n")}\n`;
const jsonLines = ['{"id": 9007199254740993, "v": 1.0}', '{"id": "x", "v": null, "more": {"a": [1]}}'];
const parquetColumns = [
  { name: "id", type: "int64" },
  { name: "name", type: "string" },
  { name: "price", type: "decimal", scale: 2 },
] as const;

beforeAll(async () => {
  trap.listen(0, "127.0.0.1");
  await once(trap, "listening");
  trapUrl = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/`;
  mkdirSync(join(root, "data"));
  mkdirSync(join(root, ".git"));
  writeFileSync(join(root, "data/factors.csv"), csv);
  writeFileSync(join(root, "data/tabbed.tsv"), "k\tv\n1\ta,b\n2\t\n");
  writeFileSync(join(root, "data/twins.csv"), "k,v,v\n1,2,3\n");
  writeFileSync(join(root, "data/lines.jsonl"), `${jsonLines.join("\n")}\n`);
  const groups = [[[1n, "one", 150n]], [[9007199254740993n, 'zwei, "2"', 7n]]] as const;
  writeFileSync(join(root, "data/prices.parquet"), makeParquet(parquetColumns, groups));
  writeFileSync(join(root, "draw.mjs"), "// draws\n");
  writeFileSync(join(root, "before.csv"), "v\n1\n2\n");
  figure = await record("chart", [
    {
      v: 1,
      row_keys: {
        factors: [
          ["f1", "CA"],
          [odd, "CA"],
        ],
      },
    },
    { v: 2, row_keys: { factors: [["f1", "CA"]], prices: [["9007199254740993"]] } },
  ]);
  server = await startIn(root);
  port = server.port;
});
afterAll(async () => {
  trap.close();
  await server.close();
});

async function record(name: string, data: readonly object[]): Promise<string> {
  const rows = data.map((row) => ({ ...row, source_ids: ["S1"] }));
  writeFileSync(join(root, "payload.json"), JSON.stringify({ data: rows }));
  const spec = {
    ...exampleSpec(),
    name,
    payload: "payload.json",
    trace_keys: { factors: ["ef_id", "region"], prices: ["id"], tabbed: ["k"] },
  };
  const { id } = await recordFigure(spec, { accept: false, named: "spec" }, figurePorts(root, process.env));
  return id;
}

function exampleSpec() {
  return {
    type: "stacked",
    title: "A chart",
    layer_id: "professional",
    unit: "kg",
    dataset: { reference_year: 2025, scope_policy: "a", gwp_horizon: "b", region_policy: "c" },
    contracts: { ingest: "i", validate: "v", derive: "d", visualize: "z" },
    tables: ["factors.csv", "tabbed.tsv", "twins.csv", "lines.jsonl", "prices.parquet"].map((file) => ({
      path: `data/${file}`,
    })),
    sources: [{ source_id: "S1", citation: "Somebody", url: trapUrl }],
    code: ["draw.mjs"],
    invariance: { table: "before.csv", column: "v", field: "v" },
  };
}

interface Rows {
  readonly table: string;
  readonly path: string;
  readonly sha256: string;
  readonly figures: readonly string[];
  readonly columns: readonly string[];
  readonly asked: number | null;
  readonly missing: readonly object[];
  readonly row_count: number;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

async function rows(request: object): Promise<Rows> {
  const reply = await post(port, "/trace/rows", request);
  if (reply.status !== 200) throw new Error(reply.raw);
  return JSON.parse(reply.body) as Rows;
}

function codeOf({ body }: Reply): string {
  return (JSON.parse(body) as { error: { code: string } }).error.code;
}

const asObject = ([ef_id, region, year, g]: readonly string[]) => ({ ef_id, region, year, g });

describe("GET /trace/{figure_id} (A26)", () => {
  test("gives the manifest word by word, and the keys of the rows behind what is drawn", async () => {
    const reply = await ask(port, { path: `/trace/${figure}` });
    expect(reply.status).toBe(200);
    const file = readFileSync(join(root, `dist/artifacts/manifests/${figure}.manifest.json`), "utf8");
    expect(reply.body).toContain(file.trim());
    const answer = JSON.parse(reply.body) as Record<string, unknown>;
    expect(answer).toMatchObject({ figure_id: figure, manifest_sha256: `sha256:${sha256(file)}` });
    expect(answer.manifest).toEqual(JSON.parse(file));
    expect(answer.trace_keys).toEqual([
      {
        table: "factors",
        key_fields: ["ef_id", "region"],
        keys: [
          ["f1", "CA"],
          [odd, "CA"],
        ],
      },
      { table: "prices", key_fields: ["id"], keys: [["9007199254740993"]] },
      { table: "tabbed", key_fields: ["k"], keys: null },
    ]);
  });

  test("and the manifest's own bytes beside it (C24)", async () => {
    const file = readFileSync(join(root, `dist/artifacts/manifests/${figure}.manifest.json`), "utf8");
    expect((await ask(port, { path: `/trace/${figure}/manifest` })).body).toBe(file);
  });
});

describe("POST /trace/rows (A27, C24)", () => {
  test("gives the rows of one key, by values under keys or under key_fields", async () => {
    for (const field of ["keys", "key_fields"]) {
      const found = await rows({ table: "factors", [field]: { region: "CA", ef_id: odd } });
      expect(found.rows).toEqual([asObject(factors[2] as string[])]);
      expect(found).toMatchObject({ asked: 1, missing: [], row_count: 1, path: "data/factors.csv" });
      expect(found.sha256).toBe(`sha256:${sha256(csv)}`);
    }
  });

  test("gives every row that a key matches, in the table's order, whatever order was asked in", async () => {
    const keys = [{ ef_id: "f3" }, { ef_id: "f1" }];
    expect((await rows({ table: "factors", keys })).rows).toEqual(
      [0, 1, 3].map((at) => asObject(factors[at] as string[])),
    );
  });

  test("takes values in the order of key_fields, the figure's own where none are given", async () => {
    const one = [asObject(factors[1] as string[])];
    expect(
      (await rows({ table: "factors", key_fields: ["region", "ef_id"], keys: [["US", "f1"]] })).rows,
    ).toEqual(one);
    expect((await rows({ table: "factors", keys: [["f1", "US"]] })).rows).toEqual(one);
  });

  test("takes an entry of trace_keys as it stands: the rows that drawn values name", async () => {
    const { manifest } = JSON.parse((await ask(port, { path: `/trace/${figure}` })).body) as {
      manifest: { trace_keys: { upstream_keys: { table: string; key_fields: string[] }[] } };
    };
    const [entry, prices, tabbed] = manifest.trace_keys.upstream_keys;
    expect((await rows(entry as object)).rows).toEqual([0, 2].map((at) => asObject(factors[at] as string[])));
    expect((await rows(prices as object)).row_count).toBe(1);
    // Where no drawn value names a row, it may be any.
    expect(await rows(tabbed as object)).toMatchObject({ asked: null, row_count: 2 });
  });

  test("says which keys no row has, in both formats", async () => {
    const keys = [{ ef_id: "f1" }, { ef_id: "gone" }, { ef_id: odd, region: "US" }, { ef_id: " f3" }];
    const found = await rows({ table: "factors", keys });
    expect(found).toMatchObject({ asked: 4, row_count: 2 });
    expect(found.missing).toEqual([{ ef_id: "gone" }, { ef_id: odd, region: "US" }, { ef_id: " f3" }]);
    const { headers, body } = await post(port, "/trace/rows", { table: "factors", keys, format: "csv" });
    expect(headers).toMatchObject({ "colophon-rows": "2", "colophon-missing-keys": "3" });
    expect(JSON.parse(decodeURIComponent(headers["colophon-first-missing"] ?? ""))).toEqual(found.missing);
    expect(body.split("\n").length).toBe(4);
  });

  test("gives the very records of CSV, and reads back what was written", async () => {
    const { body, headers } = await post(port, "/trace/rows", { table: "factors", keys: { region: "CA" } }, [
      "Accept: text/csv",
    ]);
    expect(headers["content-type"]).toMatch(/^text\/csv; charset=utf-8/);
    expect(body).toBe(`ef_id,region,year,g\n${[0, 2, 3].map((at) => factorLines[at]).join("\n")}\n`);
    expect(parseCsvTable(body, "it").rows.map((row) => row[0])).toEqual(["f1", odd, "f3"]);
  });

  test.each([
    ["text/csv", undefined, "text/csv"],
    ["application/json", undefined, "application/json"],
    ["*/*", undefined, "application/json"],
    ["text/html, text/*;q=0.5", undefined, "text/csv"],
    ["text/csv;q=0.1, application/json", undefined, "application/json"],
    ["application/json", "csv", "text/csv"],
    ["text/csv", "json", "application/json"],
  ] as const)("Accept: %s and format %s give %s", async (accept, format, type) => {
    const request = { table: "factors", keys: [["f1", "CA"]], ...(format !== undefined && { format }) };
    const reply = await post(port, "/trace/rows", request, [`Accept: ${accept}`]);
    expect(reply.headers["content-type"]).toContain(type);
  });

  test("gives TSV, JSON Lines and Parquet with every digit", async () => {
    expect((await rows({ table: "tabbed", keys: { k: "1" } })).rows).toEqual([{ k: "1", v: "a,b" }]);
    const ask9 = (table: string, format: string) =>
      post(port, "/trace/rows", { table, keys: [{ id: "9007199254740993" }], format });
    const prices = await ask9("prices", "json");
    expect(prices.body).toContain('{"id":9007199254740993,"name":"zwei, \\"2\\"","price":"0.07"}');
    expect((await ask9("prices", "csv")).body).toBe('id,name,price\n9007199254740993,"zwei, ""2""",0.07\n');
    const all = await post(port, "/trace/rows", { table: "lines" });
    expect(all.body).toContain(jsonLines.join(",\n"));
    const more = await post(port, "/trace/rows", { table: "lines", format: "csv" });
    expect(more.body).toBe('id,v,more\n9007199254740993,1.0,\nx,,"{""a"": [1]}"\n');
  });

  test("gives columns of one name as CSV only, since JSON would keep the last of them", async () => {
    const asked = { table: "twins", keys: { k: "1" } };
    const refused = await post(port, "/trace/rows", asked);
    expect([refused.status, codeOf(refused)]).toEqual([400, "BAD_ROW_KEY"]);
    expect((await post(port, "/trace/rows", { ...asked, format: "csv" })).body).toBe("k,v,v\n1,2,3\n");
  });

  test("takes a thousand keys at once", async () => {
    const keys = Array.from({ length: 1000 }, (_, n) => [`none${n}`, "CA"]);
    const found = await rows({ table: "factors", keys: [...keys, ["f3", "CA"]] });
    expect([found.row_count, found.missing.length, found.asked]).toEqual([1, 1000, 1001]);
  });

  test.each([
    ["no table", { keys: { a: "b" } }, 400, "BAD_BODY"],
    ["another member", { table: "factors", path: "data/factors.csv" }, 400, "BAD_BODY"],
    ["an object for a value", { table: "factors", keys: { ef_id: { $ne: "" } } }, 400, "BAD_BODY"],
    ["a key without columns", { table: "factors", keys: {} }, 400, "BAD_BODY"],
    [
      "values twice",
      { table: "factors", key_fields: { ef_id: "f1" }, keys: { ef_id: "f1" } },
      400,
      "BAD_ROW_KEY",
    ],
    ["too few values", { table: "factors", keys: [["f1"]] }, 400, "BAD_ROW_KEY"],
    ["values of no column", { table: "lines", keys: [["f1"]] }, 400, "BAD_ROW_KEY"],
    ["a column that is none", { table: "factors", keys: { nothing: "f1" } }, 400, "BAD_ROW_KEY"],
    ["columns of no drawn value", { table: "factors", key_fields: ["year"] }, 400, "BAD_ROW_KEY"],
    ["a table of no figure", { table: "before" }, 404, "NO_SUCH_TABLE"],
    ["a figure that is none", { table: "factors", figure_id: "chart" }, 404, "NO_SUCH_FIGURE"],
  ] as const)("refuses %s", async (_, request, status, code) => {
    const reply = await post(port, "/trace/rows", request);
    expect([reply.status, codeOf(reply)]).toEqual([status, code]);
  });

  test("the requests above are those of the schema", () => {
    expect(
      trace_rows({ table: "factors", keys: [["f1"], { region: null }], key_fields: ["a"], figure_id: "x.0" }),
    ).toBe(true);
    expect(trace_rows({ table: "factors", keys: [[["f1"]]] })).toBe(false);
  });
});

describe("no path from whoever asks (rel-H9)", () => {
  const climbs = [
    "../data/factors",
    "data/factors.csv",
    "/etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f",
    "..\\..\\etc",
    "file:///etc/passwd",
    "\u0000",
    "．．／",
    "/proc/self/environ",
    "factors#",
    "factors?",
    "//factors",
  ];

  test.each(climbs)("%j is no table and no figure", async (word) => {
    const [table, named, ...replies] = await Promise.all([
      post(port, "/trace/rows", { table: word }),
      post(port, "/trace/rows", { table: "factors", figure_id: word }),
      ...[encodeURIComponent(word), word, encodeURIComponent(encodeURIComponent(word))].map((text) =>
        ask(port, { path: `/trace/${text}`.replace(/[^!-~]/g, encodeURIComponent) }),
      ),
    ]);
    expect([table.status, codeOf(table)]).toEqual([404, "NO_SUCH_TABLE"]);
    expect([named.status, codeOf(named)]).toEqual([404, "NO_SUCH_FIGURE"]);
    for (const { status, raw } of replies) {
      expect([400, 403, 404]).toContain(status);
      expect(raw).not.toMatch(/root:|PATH=/);
    }
  });
});

/** Changes the project for one test, and gives it back as it was. */
async function meanwhile(change: () => void, look: () => Promise<void>): Promise<void> {
  const copy = scratchFolder();
  cpSync(root, copy, { recursive: true });
  try {
    change();
    await look();
  } finally {
    for (const folder of ["data", "dist"]) {
      rmSync(join(root, folder), { recursive: true, force: true });
      cpSync(join(copy, folder), join(root, folder), { recursive: true });
    }
  }
}

describe("a table that is not the recorded one", () => {
  const table = () => join(root, "data/factors.csv");
  const request = { table: "factors", keys: [["f1", "CA"]] };

  test.each([
    ["another value", () => writeFileSync(table(), csv.replace("31.20", "31.21"))],
    ["another row", () => appendFileSync(table(), "x,y,z,1\n")],
    ["a quote that never ends", () => appendFileSync(table(), '"')],
    ["nothing", () => unlinkSync(table())],
  ])("%s is refused by its name", async (_, change) => {
    await meanwhile(change, async () => {
      const reply = await post(port, "/trace/rows", request);
      expect([reply.status, codeOf(reply)]).toEqual([409, "TABLE_CHANGED"]);
      expect(reply.body).toContain("data/factors.csv");
      expect(reply.body).not.toContain(root);
    });
  });

  test("JSON Lines that are none any more are, too", async () => {
    await meanwhile(
      () => appendFileSync(join(root, "data/lines.jsonl"), "{"),
      async () => expect(codeOf(await post(port, "/trace/rows", { table: "lines" }))).toBe("TABLE_CHANGED"),
    );
  });

  test("and so is a changed payload, which says which rows are drawn", async () => {
    await meanwhile(
      () => appendFileSync(join(root, `dist/artifacts/figures/${figure}.json`), " "),
      async () => {
        expect(codeOf(await ask(port, { path: `/trace/${figure}` }))).toBe("FIGURE_CHANGED");
        expect(codeOf(await post(port, "/trace/rows", { table: "factors" }))).toBe("FIGURE_CHANGED");
      },
    );
  });

  test("a manifest that is none is refused, and no other figure with it", async () => {
    await meanwhile(
      () =>
        writeFileSync(
          join(root, `dist/artifacts/manifests/other.00000000.manifest.json`),
          '{"figure":{"id":"other.00000000"}}',
        ),
      async () => {
        expect(codeOf(await ask(port, { path: "/trace/other.00000000" }))).toBe("FIGURE_INVALID");
        expect((await ask(port, { path: `/trace/${figure}` })).status).toBe(200);
        expect((await rows(request)).row_count).toBe(1);
      },
    );
  });

  test("tables of one name are told apart by the figure", async () => {
    await meanwhile(
      () => writeFileSync(table(), csv.replace("31.20", "31.99")),
      async () => {
        other = await record("other", [{ v: 3, row_keys: {} }]);
        expect(codeOf(await post(port, "/trace/rows", request))).toBe("TABLE_AMBIGUOUS");
        expect((await rows({ ...request, figure_id: other })).rows).toEqual([
          { ef_id: "f1", region: "CA", year: "2024", g: "31.99" },
        ]);
        expect(codeOf(await post(port, "/trace/rows", { ...request, figure_id: figure }))).toBe(
          "TABLE_CHANGED",
        );
      },
    );
  });

  testIf(hasProgram("mkfifo"), "there is no mkfifo here")(
    "a pipe or a folder in its place is refused, and nothing waits (rel-H10)",
    async () => {
      for (const make of [() => execFileSync("mkfifo", [table()]), () => mkdirSync(table())]) {
        await meanwhile(
          () => {
            unlinkSync(table());
            make();
          },
          async () => expect(codeOf(await post(port, "/trace/rows", request))).toBe("FILE_REFUSED"),
        );
      }
    },
  );

  test("a table behind a link is not read (rel-H9)", async () => {
    const outside = scratchFolder();
    writeFileSync(join(outside, "factors.csv"), csv);
    await meanwhile(
      () => {
        unlinkSync(table());
        symlinkSync(join(outside, "factors.csv"), table());
      },
      async () => expect(codeOf(await post(port, "/trace/rows", request))).toBe("FILE_REFUSED"),
    );
    await meanwhile(
      () => {
        rmSync(join(root, "data"), { recursive: true });
        symlinkSync(outside, join(root, "data"));
      },
      async () => expect(codeOf(await post(port, "/trace/rows", request))).toBe("FILE_REFUSED"),
    );
  });
});

test("of all that, nothing was the server's own fault, and no address of a source was asked (rel-H11)", async () => {
  const { body } = await ask(port, { path: `/trace/${figure}` });
  expect(body).toContain(trapUrl);
  expect([server.faults, trapped]).toEqual([[], 0]);
});
