import { describe, expect, test } from "@jest/globals";
import { formatReport, parseReports, togetherReported } from "../../../src/operations/metrics/reports.js";

const bytes = (text: string) => Buffer.from(text);

describe("parseReports", () => {
  test("reads the lines that are some, and names the others (BAD_REPORT_LINE)", () => {
    const text = '{"params":{"lr":0.1}}\nnone\n\n{"tags":"baseline"}\n{"tags":["a"],"more":1}\n{"par';
    const { lines, findings } = parseReports("logs/reported.jsonl", bytes(text));
    expect(lines).toEqual([{ params: { lr: 0.1 } }, { tags: ["a"], more: 1 }]);
    expect(
      findings.map(({ code, severity, line, message }) => [code, severity, line, message.slice(0, 22)]),
    ).toEqual([
      ["BAD_REPORT_LINE", "warning", 2, "logs/reported.jsonl:2 "],
      ["BAD_REPORT_LINE", "warning", 4, "logs/reported.jsonl:4 "],
      ["BAD_REPORT_LINE", "warning", 6, "logs/reported.jsonl:6 "],
    ]);
  });

  test("reads back what was written", () => {
    const line = { time: "2026-11-20T10:42:07.120Z", params: { b: [1], a: null } };
    expect(parseReports("x", bytes(formatReport(line))).lines).toEqual([line]);
  });
});

describe("togetherReported", () => {
  test("lets the last word on a name count, and says who spoke against whom", () => {
    const lines = [
      { params: { lr: 0.1, depth: 3, seed: 1 }, summary: { best: 1 } },
      { params: { seed: 2, lr: 0.1 }, summary: { best: 2, f1: 0.5 } },
      { params: { seed: 3, model: { layers: 2 } } },
    ];
    expect(togetherReported(lines, { lr: 0.2, depth: 3, model: { layers: 2 }, other: 9 })).toEqual({
      params: { lr: 0.1, depth: 3, seed: 3, model: { layers: 2 } },
      summary: { best: 2, f1: 0.5 },
      contradictions: [
        { name: "lr", values: [0.2, 0.1] },
        { name: "seed", values: [1, 2, 3] },
      ],
    });
  });
});
