import { closeSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { cli, makeRepository, type Repository } from "./repository.js";

const isLong = process.env.COLOPHON_TEST_LONG !== undefined;
const megabytes = isLong ? 500 : 120;
const forms = {
  csv: { head: "a,b,c\n", row: `123456,${"x".repeat(80)},0.5\n` },
  tsv: { head: "a\tb\tc\n", row: `123456\t${"x".repeat(80)}\t0.5\n` },
  jsonl: { head: "", row: `{"a":123456,"b":"${"x".repeat(80)}","c":0.5}\n` },
};

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
  // Prints the largest size in memory that the program ever had, in kilobytes. Linux counts that of the process it was started by
  // in `maxRSS`, so the system is asked another way where it has one.
  writeFileSync(
    join(repository.root, "..", "memory.cjs"),
    `const { appendFileSync, existsSync, readFileSync } = require("fs");
const status = "/proc/self/status";
process.on("exit", () => {
  const own = existsSync(status) ? /VmHWM:\\s+([0-9]+)/.exec(readFileSync(status, "latin1"))?.[1] : undefined;
  appendFileSync(process.env.MEMORY, (own ?? process.resourceUsage().maxRSS) + "\\n");
});`,
  );
});
afterAll(() => repository.remove());

describe(`a table of ${megabytes} MB as the data of a run`, () => {
  test.each(isLong ? (["csv", "tsv", "jsonl"] as const) : (["csv"] as const))(
    "is counted and digested in memory that does not grow with it (%s)",
    (form) => {
      const { head, row } = forms[form];
      const path = join(repository.root, "..", `table.${form}`);
      const file = openSync(path, "w");
      writeSync(file, head);
      const rows = Math.ceil((megabytes * 1e6) / row.length / 1000) * 1000;
      for (let written = 0; written < rows; written += 1000) writeSync(file, row.repeat(1000));
      closeSync(file);
      const memory = join(repository.root, "..", `memory-${form}`);
      const env = { NODE_OPTIONS: `--require ${join(repository.root, "..", "memory.cjs")}`, MEMORY: memory };
      const { status, stderr } = repository.call(
        process.execPath,
        [cli, "run", "--data", `t=${path}`, "--", "true"],
        { env },
      );
      expect(status).toBe(0);
      expect(stderr).toContain(`${rows.toLocaleString("en-US")} rows`);
      const largest = Math.max(...readFileSync(memory, "utf8").trim().split("\n").map(Number)) / 1000;
      process.stderr.write(`${form}: ${megabytes} MB read in at most ${largest.toFixed(0)} MB of memory\n`);
      // An empty Node takes about 45 MB, and JSON's short-lived objects as much again.
      expect(largest).toBeLessThan(form === "jsonl" ? 250 : 110);
      rmSync(path);
    },
    120_000,
  );
});
