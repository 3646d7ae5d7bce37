/** The pre-commit hook over many figures, and the rows behind them, against the reading that neither can do without. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { pairs, processTime } from "./measure.mjs";
import { makeRepository } from "./repository.mjs";

export async function figureRows({ root, cli, scratch, short, row, env, emptyProgram: empty }) {
  const cwd = makeRepository(join(scratch, "figures"), 5, env);
  cpSync(join(root, "examples/figures"), cwd, {
    recursive: true,
    filter: (path) => !/\/(build|dist)$/.test(path),
  });
  const call = (program, ...words) => {
    const { status, stdout, stderr } = spawnSync(program, words, { cwd, env, maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(`${program} ${words.join(" ")}: ${stderr}`);
    return String(stdout);
  };
  call(process.execPath, "derive.mjs");
  call(process.execPath, "slice.mjs");
  await hookRow({ cwd, cli, short, row, env, empty, call });
  await traceRow({ cwd, cli, short, row, env, call });
}

/** Every figure is touched by the commit. */
async function hookRow({ cwd, cli, short, row, env, empty, call }) {
  const count = short ? 40 : 400;
  mkdirSync(join(cwd, "specs"));
  const spec = parse(readFileSync(join(cwd, "figures/stacked.yaml"), "utf8"));
  const files = Array.from({ length: count }, (_, n) => `specs/many_${n}.json`);
  for (const [n, file] of files.entries())
    writeFileSync(join(cwd, file), JSON.stringify({ ...spec, name: `many_${n}` }));
  call(process.execPath, cli, "figure", "record", ...files);
  call("git", "add", "--force", ".");
  const list = ["diff-index", "--cached", "--raw", "-z", "--no-abbrev", "HEAD"];
  const input = call("git", "ls-files", "--stage", "dist", "data").replaceAll(/^\d+ (\w+) .*$/gm, "$1");
  const floor = () =>
    processTime(process.execPath, [empty], { env }) +
    processTime("git", list, { cwd, env }) +
    processTime("git", ["cat-file", "--batch"], { cwd, env, input, stdio: "pipe" });
  row(
    `validate --staged, ${count} figures with their files`,
    "node empty.cjs + the list and the blobs from git",
    await pairs(
      () => processTime(process.execPath, [cli, "validate", "--staged"], { cwd, env }),
      floor,
      short ? 5 : 15,
    ),
    5,
  );
}

/** One key of a large table, asked of a server that runs: read twice, once to know that it is the recorded one. */
async function traceRow({ cwd, cli, short, row, env, call }) {
  const rows = short ? 100_000 : 1_000_000;
  const lines = Array.from({ length: rows }, (_, n) => `key${n},${n % 97},"text, ${n}"\n`);
  writeFileSync(join(cwd, "data/large.csv"), `id,n,t\n${lines.join("")}`);
  const spec = parse(readFileSync(join(cwd, "figures/stacked.yaml"), "utf8"));
  const tables = [...spec.tables, { path: "data/large.csv" }];
  writeFileSync(join(cwd, "specs/large.json"), JSON.stringify({ ...spec, name: "large", tables }));
  call(process.execPath, cli, "figure", "record", "specs/large.json");
  const server = spawn(process.execPath, [cli, "serve", "--json"], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { url, token } = JSON.parse(String((await once(server.stdout, "data"))[0]));
  const body = JSON.stringify({ table: "large", keys: { id: `key${rows - 1}` } });
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const ask = async () => {
    const begun = process.hrtime.bigint();
    const answer = await (await fetch(`${url}trace/rows`, { method: "POST", headers, body })).json();
    if (answer.row_count !== 1) throw new Error(JSON.stringify(answer));
    return Number(process.hrtime.bigint() - begun) / 1e6;
  };
  row(
    `a row of ${rows.toLocaleString("en")} over /trace/rows`,
    "openssl dgst of the table, twice",
    await pairs(
      ask,
      () => 2 * processTime("openssl", ["dgst", "-sha256", "data/large.csv"], { cwd, env }),
      short ? 3 : 7,
    ),
    10,
  );
  server.kill("SIGTERM");
  await once(server, "exit");
}
