/** What a schema cannot say of the index of all figures. */
import type { FigureIndex } from "../../generated/types.js";
import type { Check } from "../../manifest/kind.js";
import { sha8Of } from "./digests.js";
import { dotted, pathFaults } from "./paths.js";

export const indexChecks: readonly Check[] = [
  {
    code: "FIGURE_ID_DISAGREES",
    severity: "error",
    hint: "Record the figures again; the index has each id once, sorted, with the digest it ends in.",
    reads: ["figures"],
    *find(document) {
      const { figures } = document as unknown as FigureIndex;
      for (const [index, { id, figure_sha256 }] of figures.entries()) {
        const pointer = `/figures/${index}/id`;
        const before = figures[index - 1];
        if (!id.endsWith(`.${sha8Of(figure_sha256)}`))
          yield { pointer, message: `${dotted(pointer)}: "${id}" does not end in ${sha8Of(figure_sha256)}` };
        else if (before !== undefined && before.id >= id)
          yield { pointer, message: `${dotted(pointer)}: "${id}" stands behind "${before.id}"` };
      }
    },
  },
  {
    code: "BAD_PATH",
    severity: "error",
    hint: "Write a path below the project, with forward slashes.",
    reads: ["figures"],
    *find(document) {
      const { figures } = document as unknown as FigureIndex;
      for (const [index, entry] of figures.entries()) {
        for (const field of ["csv_path", "figure_path", "manifest_path", "refs_path"] as const)
          yield* pathFaults([[`/figures/${index}/${field}`, entry[field]]]);
      }
    },
  },
];
