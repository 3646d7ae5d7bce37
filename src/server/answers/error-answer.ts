/** What an error of an operation is answered with. */
import type { ColophonError } from "../../errors.js";
import type { Answer } from "../route.js";
import { errorAnswer, type RefusalCode, refusalAnswer } from "./refusal.js";

/** These say what a manifest names, and nothing of what was asked: they are answered in their own words. */
const told: Readonly<Record<string, number>> = {
  BAD_ROW_KEY: 400,
  FIGURE_CHANGED: 409,
  TABLE_AMBIGUOUS: 409,
  TABLE_CHANGED: 409,
};

/** The words of others name places of this machine, or what was asked for. */
const kept: Readonly<Record<string, RefusalCode>> = {
  BAD_ROW_REQUEST: "BAD_BODY",
  NO_SUCH_FIGURE: "NO_SUCH_FIGURE",
  NO_SUCH_TABLE: "NO_SUCH_TABLE",
  INVALID_MANIFEST: "FIGURE_INVALID",
  DATA_NOT_FOUND: "FILE_REFUSED",
  DATA_UNREADABLE: "FILE_REFUSED",
  DATA_CHANGED: "FILE_REFUSED",
  NOT_A_FILE: "FILE_REFUSED",
  PATH_ESCAPES: "FILE_REFUSED",
  LINK_IN_PATH: "FILE_REFUSED",
};

/** `undefined` for what is a fault of the server's. */
export function answerToError({ code, message, hint }: ColophonError): Answer | undefined {
  const status = told[code];
  if (status !== undefined) return errorAnswer(status, code, message, hint);
  const refusal = kept[code];
  return refusal === undefined ? undefined : refusalAnswer(refusal);
}
