/** What `--observe` costs inside the command: the same program with and without the variables, in turn. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pairs, processTime } from "./measure.mjs";

export async function observeRows({ root, scratch, short, row, env }) {
  const place = join(scratch, "observed");
  mkdirSync(join(place, "files"), { recursive: true });
  cpSync(join(root, "dist/observe/python"), join(place, "python"), { recursive: true });
  const spool = join(place, "spool");
  const variables = {
    COLOPHON_OBSERVE: spool,
    PYTHONPATH: join(place, "python"),
    NODE_OPTIONS: `--require ${join(root, "dist/observe/preload.cjs")}`,
  };
  const measure = async (name, program, script, target) => {
    const go = (more) =>
      processTime(program, [program === node ? "-e" : "-c", script], {
        cwd: place,
        env: { ...env, ...more },
      });
    const observed = () => {
      writeFileSync(spool, "");
      return go(variables);
    };
    row(name, "the same, not observed", await pairs(observed, () => go({}), short ? 5 : 15), target);
  };
  const node = process.execPath;
  const python = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], {
    encoding: "utf8",
    env,
  }).stdout?.trim();
  if (python) {
    await measure("observed: python starts", python, "pass", 1.5);
    await measure(
      "observed: python, 500 new files",
      python,
      'for i in range(500):\n    with open(f"files/{i}", "w") as f: f.write("1")',
      2.5,
    );
    await measure(
      "observed: python, one file 20,000 times",
      python,
      'for i in range(20000):\n    open("files/0").close()',
      2,
    );
  }
  await measure("observed: node starts", node, "0", 1.5);
  await measure(
    "observed: node, 500 new files",
    node,
    'for (let i = 0; i < 500; i++) fs.writeFileSync("files/" + i, "1")',
    2,
  );
}
