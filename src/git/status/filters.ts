/** The content filters that a repository names, and whether this machine has them, without running one. */
import type { Source } from "../../generated/types.js";
import { findContent } from "./work-tree-file.js";

const largestAttributes = 1024 * 1024;

/** `programs`: names of the filters that the configuration has a program for. */
export function listFilters(
  root: string,
  commonDirectory: string,
  programs: readonly string[],
): Source["filters"] {
  const text = [
    findContent(root, { path: ".gitattributes" }, largestAttributes),
    findContent(commonDirectory, { path: "info/attributes" }, largestAttributes),
  ].join("\n");
  const names = new Set([...text.matchAll(/^(?!#).*?\sfilter=(\S+)/gm)].map(([, name]) => name!));
  return [...names].sort().map((name) => ({ name, configured: programs.includes(name) }));
}
