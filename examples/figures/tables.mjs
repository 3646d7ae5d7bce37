/** Small tables of text: enough CSV for this example, and the same bytes on every machine. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export function readTable(path) {
  const [header, ...records] = readFileSync(path, "utf8").trim().split("\n").map(fieldsOf);
  return records.map((fields) => Object.fromEntries(header.map((name, index) => [name, fields[index]])));
}

export function writeTable(path, rows) {
  const header = Object.keys(rows[0]);
  const lines = [header, ...rows.map((row) => header.map((name) => row[name]))];
  writeText(path, `${lines.map((fields) => fields.map(cellOf).join(",")).join("\n")}\n`);
}

export function writeText(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function fieldsOf(line) {
  return [...line.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/g)]
    .slice(0, line.endsWith(",") ? undefined : -1)
    .map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
}

function cellOf(value) {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
