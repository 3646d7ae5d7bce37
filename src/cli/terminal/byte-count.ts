/** The value of `--max-bytes`, which every command that reads manifests takes in the same way. */
import { UsageError } from "../../errors.js";
import type { Arguments } from "../arguments.js";

export function byteCount(command: string, given: Arguments): number | undefined {
  const text = given.value("max-bytes");
  if (text === undefined) return undefined;
  const bytes = Number(text);
  if (Number.isSafeInteger(bytes) && bytes >= 1) return bytes;
  throw new UsageError("BAD_FLAG_VALUE", `--max-bytes takes a number of bytes; found "${text}"`, {
    hint: `Type: colophon ${command} --max-bytes 33554432`,
  });
}
