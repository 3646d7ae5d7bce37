/** Digests what was too large for the snapshot, while the command runs. */
import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import type { Drift } from "../../generated/types.js";
import { locatePath, type NamedPath } from "../byte-path.js";
import type { LeftOutFile } from "./find/gather.js";
import { lookInto } from "./find/look.js";
import { nameOf } from "./paths.js";

export type LeftOutDigest = Drift["left_out"][number];

export interface DigestRequest {
  readonly root: string;
  readonly files: readonly LeftOutFile[];
  /** Aborted when the run cannot wait any longer; what is not digested by then says so. */
  readonly signal?: AbortSignal;
}

/** Never rejects. One file after the other: the command has the disk first. */
export async function digestLeftOut({ root, files, signal }: DigestRequest): Promise<LeftOutDigest[]> {
  const digests: LeftOutDigest[] = [];
  for (const file of files) digests.push(await digestOne(root, file, signal));
  return digests;
}

/** A digest is of what the command found only if the file did not move from the snapshot until it was read. */
async function digestOne(
  root: string,
  { name, state }: LeftOutFile,
  signal: AbortSignal | undefined,
): Promise<LeftOutDigest> {
  const answer = (state: LeftOutDigest["state"], sha256: string | null = null) => ({
    ...nameOf(name),
    state,
    sha256,
  });
  const moved = () => {
    const found = lookInto(root)(name);
    if (found.kind === "absent") return "gone";
    return found.state === state ? undefined : "changed_meanwhile";
  };
  if (signal?.aborted) return answer("not_finished");
  const before = moved();
  if (before !== undefined) return answer(before);
  const sha256 = await digestContent(root, name, signal);
  if (signal?.aborted) return answer("not_finished");
  const after = moved();
  if (after !== undefined) return answer(after);
  return sha256 === undefined ? answer("unreadable") : answer("digested", sha256);
}

async function digestContent(
  root: string,
  name: NamedPath,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const hash = createHash("sha256");
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    const stream = createReadStream(locatePath(root, name), {
      flags: flags as unknown as string,
      highWaterMark: 1024 * 1024,
      ...(signal !== undefined && { signal }),
    });
    for await (const bytes of stream) hash.update(bytes as Buffer);
    return hash.digest("hex");
  } catch {
    return undefined;
  }
}
