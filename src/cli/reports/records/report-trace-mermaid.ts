/** A trace as a Mermaid flowchart, from sources to what came out. Labels are text from records: none of it may be read as code. */
import { isExperimentId, suffixOf } from "../../../manifest/ids.js";
import { isBroken, type Trace, type TraceNode } from "../../../operations/trace/result.js";

const shapes: Readonly<Record<TraceNode["kind"], readonly [string, string]>> = {
  file: ["[/", "/]"],
  content: ["[(", ")]"],
  metric: ["([", "])"],
  figure: ["[[", "]]"],
  transform: ["[/", "\\]"],
  run: ["[", "]"],
  commit: ["{{", "}}"],
  snapshot: ["{{", "}}"],
  seed: ["((", "))"],
  parameters: ["[/", "/]"],
  environment: [">", "]"],
};

export function formatMermaid(trace: Trace): string {
  const names = new Map(trace.nodes.map(({ id }, index) => [id, `n${index}`]));
  const nodes = trace.nodes.map((node) => {
    const [open, close] = shapes[node.kind];
    return `  ${names.get(node.id)}${open}"${escapeLabel(labelOf(node))}"${close}`;
  });
  const links = trace.links.map((link) => {
    const words = `${link.relation}${link.name === null ? "" : ` ${link.name}`}${link.state === "ok" ? "" : ` (${link.state})`}`;
    const arrow = isBroken(link) ? "-.->" : "-->";
    return `  ${names.get(link.to)} ${arrow}|"${escapeLabel(words)}"| ${names.get(link.from)}`;
  });
  return ["flowchart LR", ...nodes, ...links, ""].join("\n");
}

function labelOf({ kind, label, run, digest }: TraceNode): string {
  if (kind === "run" && run !== null && isExperimentId(run))
    return `${suffixOf(run)} ${label === run ? "" : label}`.trim();
  if (kind === "content" && digest !== null)
    return label.startsWith("sha256:") ? label.slice(0, 19) : `${label} sha256:${digest.slice(0, 12)}`;
  return label;
}

const longestLabel = 80;

/** Whatever is neither letter, digit nor harmless goes in by its number, as Mermaid writes it: `#35;`. */
export function escapeLabel(text: string): string {
  const characters = [...text];
  const shown =
    characters.length > longestLabel ? [...characters.slice(0, longestLabel - 1), "…"] : characters;
  return shown.map((character) => (harmless.test(character) ? character : entityOf(character))).join("");
}

const harmless = /^[\p{L}\p{M}\p{N} .,:/_()@+=…-]$/u;

function entityOf(character: string): string {
  const code = character.codePointAt(0) ?? 0x20;
  const isVisible =
    code >= 0x20 && code !== 0x7f && !(code >= 0x80 && code <= 0x9f) && !(code >= 0xd800 && code <= 0xdfff);
  return isVisible ? `#${code};` : " ";
}
