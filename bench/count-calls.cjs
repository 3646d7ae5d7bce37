/** Loaded before a program with --require: counts processes started and files synced, and writes the counts at the end. */
const childProcess = require("node:child_process");
const fs = require("node:fs");

const counts = { spawns: 0, fsyncs: 0, programs: [] };
const write = fs.writeFileSync;

function count(object, name, record) {
  const original = object[name];
  object[name] = function counted(...words) {
    record(words);
    return original.apply(this, words);
  };
}

// Every way of starting a process ends in one of these two.
count(childProcess.ChildProcess.prototype, "spawn", ([options]) => {
  counts.spawns += 1;
  counts.programs.push([options.file, ...(options.args ?? []).slice(1)].join(" ").slice(0, 120));
});
for (const name of ["spawnSync", "execFileSync", "execSync"]) {
  count(childProcess, name, ([program]) => {
    counts.spawns += 1;
    counts.programs.push(String(program));
  });
}
for (const name of ["fsync", "fsyncSync", "fdatasync", "fdatasyncSync"])
  count(fs, name, () => (counts.fsyncs += 1));

process.on("exit", () => write(process.env.COUNT_TO, JSON.stringify(counts)));
