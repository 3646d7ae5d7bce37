/** Holds a file of `00_run_metadata/` to its schema. */
import type { Finding } from "../../../errors.js";
import { type CompiledValidator, input_data_provenance } from "../../../generated/validators.js";
import { schemaFindings } from "../../../manifest/schema.js";
import { factFiles } from "../list/facts.js";

type Fact = Readonly<Record<string, unknown>>;

/**
 * What is wrong with the fact of that name, with pointers into its file. `isOwn`: whether Colophon recorded it. What other tools keep is
 * of their own form, save the input-data provenance, whose fields the founding document names.
 */
export function judgeFact(name: string, fact: Fact, isOwn: boolean): Finding[] {
  if (name === "input_data_provenance") return judgeProvenance(fact, isOwn);
  const schema = isOwn ? factFiles.find(({ artifact }) => artifact === name)?.schema : null;
  return schema == null ? [] : schemaFindings(schema, fact);
}

/** The founding document does not say how `provenance_version` is written, nor that there may be nothing else. */
function judgeProvenance(fact: Fact, isOwn: boolean): Finding[] {
  const form = formOf(fact);
  if (form === null) return [formless];
  const faults = schemaFindings(branchOf(input_data_provenance, form), fact);
  return isOwn
    ? faults
    : faults.filter(({ code, pointer }) => code !== "UNKNOWN_FIELD" && pointer !== "/provenance_version");
}

/** Which branch of the schema it means to be: one input, several, or a seed. */
function formOf(fact: Fact): 0 | 1 | 2 | null {
  if (Object.hasOwn(fact, "kind")) return 2;
  if (Object.hasOwn(fact, "inputs")) return 1;
  return Object.hasOwn(fact, "sha256") || Object.hasOwn(fact, "authored_path") ? 0 : null;
}

/** Of a union, one branch alone: what the others miss is no news. */
function branchOf(schema: CompiledValidator, branch: number): CompiledValidator {
  const judge: CompiledValidator = (value) => {
    const isValid = schema(value);
    judge.errors = (schema.errors ?? []).filter(({ schemaPath }) =>
      schemaPath.startsWith(`#/oneOf/${branch}/`),
    );
    return isValid;
  };
  return judge;
}

const formless: Finding = {
  code: "MISSING_FIELD",
  severity: "error",
  pointer: "",
  message: "names neither an input (sha256), nor inputs, nor the seed of synthetic data",
  hint: "Compare it with spec/input-data-provenance.schema.json.",
  line: null,
  column: null,
};
