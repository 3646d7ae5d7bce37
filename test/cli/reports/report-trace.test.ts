import { describe, expect, test } from "@jest/globals";
import { formatTrace } from "../../../src/cli/reports/records/report-trace.js";
import { escapeLabel } from "../../../src/cli/reports/records/report-trace-mermaid.js";
import { paintFor } from "../../../src/cli/terminal/paint.js";
import type { Trace, TraceNode } from "../../../src/operations/trace/result.js";

const node = (id: string, more: Partial<TraceNode> = {}): TraceNode => ({
  id,
  kind: "run",
  label: `train ${"very ".repeat(20)}long`,
  detail: null,
  run: id,
  digest: null,
  time: "2026-11-20T10:42:07.000Z",
  depth: 0,
  omitted: 0,
  ...more,
});

const chain = (count: number): Trace => ({
  subject: "x",
  root: "run0",
  direction: "back",
  verdict: "broken",
  searched: { runs: count, unreadable: 0, figures: 0 },
  nodes: Array.from({ length: count }, (_, at) => node(`run${at}`)),
  links: Array.from({ length: count - 1 }, (_, at) => ({
    from: `run${at}`,
    to: `run${at + 1}`,
    relation: "repeats" as const,
    name: null,
    state: at === 2 ? ("differs" as const) : ("ok" as const),
    reason: at === 2 ? "it is \u001b[31mnot what it was".repeat(4) : null,
  })),
  same_path: [],
});

describe("formatTrace", () => {
  test.each([40, 60, 100])(
    "keeps lines within %d columns, and obeys nothing that stands in names",
    (width) => {
      const lines = formatTrace(chain(6), { utc: true, width }, paintFor(false, { LANG: "C.UTF-8" }));
      expect(lines).toHaveLength(7);
      expect(lines.filter((line) => [...line].length > width)).toEqual([]);
      expect(lines.join("")).not.toContain("\u001b");
      expect(lines[4]).toContain("differs: it is \\u001b");
    },
  );
});

describe("escapeLabel", () => {
  test("leaves letters of every script, and writes the rest by its number", () => {
    expect(escapeLabel("modèle_数据-1.csv")).toBe("modèle_数据-1.csv");
    expect(escapeLabel('a"]#;`<|\n\u001b')).toBe("a#34;#93;#35;#59;#96;#60;#124;  ");
    expect([...escapeLabel("x".repeat(200))]).toHaveLength(80);
  });
});
