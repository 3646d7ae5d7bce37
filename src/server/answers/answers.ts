/** Answers in the shapes that routes give. */
import type { Answer } from "../route.js";

export function jsonAnswer(value: unknown): Answer {
  return {
    status: 200,
    type: "application/json; charset=utf-8",
    body: `${JSON.stringify(value, null, 2)}\n`,
  };
}
