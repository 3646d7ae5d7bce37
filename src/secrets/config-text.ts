/** Configuration files in YAML, JSON, TOML or `.ini`, copied into the record: every line stays a line. */
import { judgeValue } from "./judge.js";
import { createLineReader } from "./line.js";
import { findNameRule } from "./names.js";
import { mergeRedactions, type Redacted, type Redactions } from "./redactions.js";
import { countSecrets, joinOverlapping, replaceSecrets, type Secret } from "./secret.js";
import { measureValue } from "./value-end.js";

export function redactConfigText(text: string): Redacted<string> {
  const reader = createLineReader("data");
  const counts: Redactions[] = [];
  let block: Block | undefined;
  let label = "";
  const value = text.replace(/[^\r\n]+/g, (line) => {
    const inBlock = block === undefined ? undefined : findInBlock(line, block);
    if (inBlock === undefined) block = openBlock(line);
    else if (block?.quote !== undefined && line.includes(block.quote)) block = undefined;
    const secrets = joinOverlapping([...(inBlock ?? findScalar(line, label)), ...reader.find(line)]);
    label = findLabel(line) ?? "";
    counts.push(countSecrets(secrets));
    return replaceSecrets(line, secrets);
  });
  return { value, redactions: mergeRedactions(...counts) };
}

/** A secret's name whose value stands on the lines that follow. */
interface Block {
  readonly rule: string;
  readonly indent: number;
  /** A block scalar takes every deeper line, quotes left open all up to their like, a list its items. */
  readonly form: "scalar" | "quotes" | "list";
  readonly quote?: string;
}

const entry = /^([ \t]*(?:-[ \t]+)?(?:export )?["']?([\w.-]+)["']?[ \t]{0,8}(?::=|[:=])[ \t]*)(.*)$/;

function openBlock(line: string): Block | undefined {
  const [, front = "", name = "", rest = ""] = entry.exec(line) ?? [];
  const rule = findNameRule(name);
  if (rule === undefined) return undefined;
  const indent = front.search(/[^ \t]/);
  const opening = withoutComment(rest);
  const quote = /^(?:"""|'''|["'])/.exec(rest)?.[0];
  if (quote !== undefined)
    return rest.includes(quote, quote.length) ? undefined : { rule, indent, form: "quotes", quote };
  if (/^[|>][-+\d]{0,2}$/.test(opening)) return { rule, indent, form: "scalar" };
  return opening === "" || opening === "[" ? { rule, indent, form: "list" } : undefined;
}

/** `undefined` is a line that stands behind the block. */
function findInBlock(line: string, { rule, indent, form, quote = "" }: Block): Secret[] | undefined {
  const start = line.search(/[^ \t]/);
  if (start < 0) return [];
  if (form === "scalar") return start > indent ? [{ start, end: line.length, rule }] : undefined;
  if (form === "list") return start < indent ? undefined : findItem(line, start, rule);
  if (quote.length === 1 && start <= indent) return undefined;
  const closing = line.indexOf(quote);
  if (closing < 0) return [{ start, end: line.length, rule }];
  return closing > start ? [{ start, end: closing, rule }] : undefined;
}

/** `- item`, `"item",` or a value alone on the line below its name; not a member, which has a name of its own. */
function findItem(line: string, start: number, rule: string): Secret[] | undefined {
  const from = start + (/^-[ \t]+/.exec(line.slice(start))?.[0].length ?? 0);
  const item = withoutComment(line.slice(from)).replace(/,$/, "");
  if (/^(?:$|[{}[\]]|["']?[\w.-]+["']?[ \t]{0,8}(?::(?:[ \t]|$)|=[^=]))/.test(item)) return undefined;
  const quoted = /^["']/.test(item) ? measureValue(line, from) : undefined;
  return [{ ...(quoted ?? { start: from, end: from + item.length }), rule }];
}

/** `password: correct horse battery # mine`: a bare scalar ends at the comment, not at the first blank. */
function findScalar(line: string, label: string): Secret[] {
  const [, front = "", key = "", rest = ""] = entry.exec(line) ?? [];
  if (/^[{[]/.test(rest)) return [];
  const extent = /^["']/.test(rest)
    ? measureValue(line, front.length)
    : { start: front.length, end: front.length + measureBare(rest, front.includes('"')) };
  if (extent === undefined) return [];
  const name = key === "value" && label !== "" ? label : key;
  const rule = judgeValue(name, line.slice(extent.start, extent.end), "data");
  return rule === undefined ? [] : [{ ...extent, rule }];
}

function measureBare(rest: string, inJson: boolean): number {
  const bare = withoutComment(rest);
  return (inJson ? bare.replace(/(?<![,}\]])[,}\]]+$/, "") : bare).length;
}

function withoutComment(text: string): string {
  return text.replace(/(?:^|(?<![ \t])[ \t]+)#.*$/, "").trimEnd();
}

/** `- name: API_TOKEN` above `value: …`. */
function findLabel(line: string): string | undefined {
  const label = /^[ \t]*(?:-[ \t]+)?["']?(?:name|key)["']?[ \t]{0,8}:[ \t]{0,8}["']?([\w.-]+)["']?,?$/;
  return label.exec(line.trimEnd())?.[1];
}
