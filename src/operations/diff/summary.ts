/** The sentence that says what differs. */
import { formatCount } from "../../manifest/count.js";
import type { CodeFile } from "./code.js";
import { isDifferent } from "./comparison.js";
import { type DiffSections, itemsOf } from "./sections.js";

/** What a run was made from comes first; what came out of it follows from that, or does not, which is worth a word. */
export function summarizeDiff(sections: DiffSections): string {
  const causes = [
    ...parameterThings(sections),
    ...codeThings(sections),
    ...dataThings(sections),
    ...environmentThings(sections),
  ];
  const outputs = outputThings(sections);
  const silent = unknownThings(sections);
  return [
    openingOf(causes, outputs, silent === ""),
    equalThings(sections, causes.length + outputs.length === 0),
    causes.length > 0 && outputs.length > 0 ? `What came out differs too: ${listOf(outputs)}.` : "",
    silent,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function openingOf(causes: readonly string[], outputs: readonly string[], isAllKnown: boolean): string {
  if (causes.length > 0) return `${countOf(causes.length)}: ${listOf(causes)}.`;
  if (outputs.length > 0)
    return `Only what came out ${isAllKnown ? "differs" : "is known to differ"}: ${listOf(outputs)}.`;
  return isAllKnown ? "Nothing differs." : "Nothing is known to differ.";
}

const numbers = ["Nothing", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];

function countOf(count: number): string {
  return count === 1 ? "One thing differs" : `${numbers[count] ?? count} things differ`;
}

function listOf(things: readonly string[]): string {
  return things.length < 2 ? things.join("") : `${things.slice(0, -1).join(", ")}, and ${things.at(-1)}`;
}

/** Many things of one sort are one thing, with a number. */
function gather(names: readonly string[], most: number, sort: string): string[] {
  return names.length <= most ? [...names] : [`${formatCount(names.length)} ${sort}`];
}

function parameterThings({ params }: DiffSections): string[] {
  const differing = params.differing.filter(isDifferent).map(({ name }) => name);
  const words = params.command.filter(isDifferent).map(({ name }) => name);
  return [...gather(differing, 6, "params"), ...gather(words.map(commandThing), 4, "words of the command")];
}

function commandThing(name: string): string {
  return name === "folder" ? "the folder it ran in" : /(^|\s)-/.test(name) ? name : `${name} of the command`;
}

/** An input that is tracked is told once, as data. */
function codeThings({ code, data }: DiffSections): string[] {
  const inputs = new Set(
    data.inputs.filter(isDifferent).flatMap(({ a, b }) => [a?.authored_path, b?.authored_path]),
  );
  const differing = code.files.filter((file) => isDifferent(file) && !inputs.has(file.path));
  const named = differing.map((file) => `${file.path} (${sizeOf(file)})`);
  const lines = differing.reduce((sum, { added, removed }) => sum + (added ?? 0) + (removed ?? 0), 0);
  return gather(named, 3, `files of code (${linesOf(lines)})`);
}

function sizeOf({ committed, text, added, removed, edited, a, b }: CodeFile): string {
  const edits = [...new Set([edited.a, edited.b].filter((word) => word !== null))].sort();
  if (committed === "same") return `${edits.join(" or ")}, not committed`;
  if (added === null || removed === null) return text === false ? "not text" : "not counted";
  return added + removed === 0 && a?.mode !== b?.mode ? "mode" : linesOf(added + removed);
}

function linesOf(count: number): string {
  return count === 1 ? "1 line" : `${formatCount(count)} lines`;
}

function dataThings({ data }: DiffSections): string[] {
  const names = data.inputs.filter(isDifferent).map(({ name }) => name);
  return gather(
    names.map((name) => (name === "synthetic seed" ? name : `data ${name}`)),
    4,
    "inputs",
  );
}

function environmentThings({ environment: { facts, packages } }: DiffSections): string[] {
  const named = facts.filter(isDifferent).map(({ name }) => name);
  const [python, node] = [packages.python, packages.node].map(({ differing }) =>
    differing.filter(isDifferent).map(({ name }) => `package ${name}`),
  ) as [string[], string[]];
  return [
    ...gather(named, 4, "facts of the environment"),
    ...gather(python, 3, "Python packages"),
    ...gather(node, 3, "Node packages"),
  ];
}

function outputThings({ stages, metrics, artifacts, result }: DiffSections): string[] {
  const differing = stages.stages.filter(isDifferent).map(({ name }) => `stage ${name}`);
  return [
    ...[stages.pipeline, stages.order].filter(isDifferent).map(({ name }) => `the ${name}`),
    ...gather(differing, 3, "stages"),
    ...gather(
      metrics.metrics.filter(isDifferent).map(({ name }) => `metric ${name}`),
      4,
      "metrics",
    ),
    ...gather(
      artifacts.artifacts.filter(isDifferent).map(({ name }) => name),
      4,
      "artifacts",
    ),
    ...[result.exit, result.state]
      .filter(isDifferent)
      .slice(0, 1)
      .map(({ name }) => `the ${name}`),
  ];
}

function equalThings(
  { code, data, params, environment, stages, metrics, artifacts, result }: DiffSections,
  alsoOutputs: boolean,
): string {
  const isSame = ({ outcome }: { outcome: string }) => outcome === "same";
  const equal = [
    ...(isSame(code) ? ["code"] : []),
    ...(isSame(data) ? ["data"] : []),
    ...(isSame(environment) ? ["environment"] : []),
    ...(params.equal > 0 ? [params.equal === 1 ? "1 param" : `${formatCount(params.equal)} params`] : []),
    ...(alsoOutputs && isSame(stages) ? ["stages"] : []),
    ...(alsoOutputs && isSame(metrics) && metrics.metrics.length > 0 ? ["metrics"] : []),
    ...(alsoOutputs && isSame(artifacts) && artifacts.artifacts.length > 0 ? ["artifacts"] : []),
    ...(alsoOutputs && isSame(result) ? ["result"] : []),
  ];
  const [first, ...rest] = equal;
  if (first === undefined) return "";
  const text = rest.length === 0 ? first : `${equal.slice(0, -1).join(", ")} and ${equal.at(-1)}`;
  const verb = equal.length === 1 && !first.endsWith("params") ? "is" : "are";
  return `${text.charAt(0).toUpperCase()}${text.slice(1)} ${verb} equal.`;
}

/** Files of code by their names, since some may be known and others not. */
function unknownThings(sections: DiffSections): string {
  const { files, trees } = sections.code;
  const paths = files.filter(({ outcome }) => outcome === "unknown").map(({ path }) => path);
  const named = trees === "unknown" ? [] : gather(paths, 3, "files of code");
  const silent = Object.entries(sections)
    .filter(([name, { outcome }]) => outcome === "unknown" || (name === "code" && named.length > 0))
    .map(([name]) => {
      const what = name === "code" && named.length > 0 ? named.join(", ") : name;
      return `${what} (${reasonsIn(sections, name as keyof DiffSections)
        .slice(0, 2)
        .join("; ")})`;
    });
  return silent.length === 0 ? "" : `Not known: ${silent.join(", ")}.`;
}

function reasonsIn(sections: DiffSections, name: keyof DiffSections): string[] {
  const reasons = [sections[name], ...itemsOf(sections)[name]].map(({ reason }) => reason);
  return [...new Set(reasons.filter((reason) => reason !== null))].sort();
}
