/** Gathers every part, each told as soon as it is there. The last one blocks the thread, so this runs in a process of its own. */
import type { NotGathered } from "../../generated/types.js";
import { listNodePackages } from "./node-packages.js";
import { listGpus } from "./nvidia-smi.js";
import { expectedParts, gap, type Part, type SlowFactsRequest } from "./part.js";
import { listPythonPackages } from "./python-packages.js";
import { captureSystemDetails } from "./system-details.js";

type Collect = (request: SlowFactsRequest, signal: AbortSignal) => Part | Promise<Part>;

const concurrent: Readonly<Partial<Record<NotGathered["what"], Collect>>> = {
  gpus: listGpus,
  "python packages": listPythonPackages,
  "node packages": listNodePackages,
};

export async function collectParts(
  request: SlowFactsRequest,
  tell: (part: Part) => void,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const collectOne = async (what: NotGathered["what"], collect: Collect) => {
    try {
      tell(await collect(request, signal));
    } catch (error) {
      // One part's surprise must not cost the others.
      const reason = `unexpected: ${error instanceof Error ? error.message : String(error)}`;
      tell({ what, facts: {}, gaps: [gap(what, reason)], lasting: false });
    }
  };
  const parts = expectedParts(request).flatMap((what) => {
    const collect = concurrent[what];
    return collect === undefined ? [] : [collectOne(what, collect)];
  });
  await Promise.all(parts);
  if (!signal.aborted) await collectOne("system", captureSystemDetails);
}
