import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { defaultRules, isKindName } from "../../src/kinds/table.js";
import type { Profile } from "../../src/manifest/kind.js";
import { judgeDocument } from "../../src/operations/manifests/validate-documents.js";

interface Example {
  readonly file: string;
  readonly kind: string | null;
  readonly findings: readonly (readonly [string, string])[];
  readonly namespace?: string;
  readonly mode?: "strict" | "tolerant";
  readonly profile?: Profile;
}

const folder = new URL("../../spec/examples/", import.meta.url);
const examples = JSON.parse(readFileSync(new URL("index.json", folder), "utf8")) as Example[];

function judge({ file, kind, namespace = "colophon", mode = "strict", profile = "load" }: Example) {
  return judgeDocument(
    { path: file, bytes: readFileSync(new URL(file, folder)), inRunFolder: false },
    {
      rules: defaultRules({ namespace, mode, profile }),
      kind: kind !== null && isKindName(kind) ? kind : undefined,
      maximumBytes: undefined,
    },
  );
}

describe("every example in spec/examples", () => {
  test("is listed in its index, and nothing else is", () => {
    const files = ["valid", "invalid"].flatMap((name) =>
      readdirSync(new URL(`${name}/`, folder)).map((file) => `${name}/${file}`),
    );
    expect(examples.map(({ file }) => file).sort()).toEqual(files.sort());
  });

  test.each(examples.map((example) => [example.file, example] as const))(
    "%s gets exactly its findings, in order",
    (file, example) => {
      const { findings, valid } = judge(example);
      expect(findings.map(({ code, pointer }) => [code, pointer])).toEqual(example.findings);
      expect(valid).toBe(file.startsWith("valid/"));
    },
  );

  test.each(examples.map((example) => [example.file, example] as const))(
    "%s has findings that teach",
    (_file, example) => {
      for (const { message, hint, pointer, line, column } of judge(example).findings) {
        expect(hint).toMatch(/^[A-Z].*[.")}`]$/);
        expect(line).toBeGreaterThan(0);
        expect(column).toBeGreaterThan(0);
        const field = pointer.split("/").at(-1) ?? "";
        expect(message).toContain(field);
      }
    },
  );
});
