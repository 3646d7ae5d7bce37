/** Transforms run one after the other in a program; each slice is digested as it goes. */
import { RefusedError } from "../../errors.js";
import { digestOfValue } from "../../manifest/digest.js";

export interface PipelineTransform {
  readonly name: string;
  readonly version: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly sha256_before: string;
  readonly sha256_after: string;
}

export interface FigurePipeline<Slice> {
  /** What the last step left. */
  readonly slice: Slice;
  readonly transforms: readonly PipelineTransform[];
  /**
   * Runs a step. `fn` is given the slice and the parameters, and returns the next slice: plain JSON.
   *
   * @throws RefusedError `CHAIN_BROKEN` where something changed the slice since the step before; ColophonError `NOT_JSON`.
   */
  readonly step: <Params extends Readonly<Record<string, unknown>>, Next>(
    name: string,
    version: string,
    params: Params,
    fn: (slice: Slice, params: Params) => Next | Promise<Next>,
  ) => Promise<FigurePipeline<Next>>;
}

export function pipelineFrom<Slice>(
  slice: Slice,
  transforms: readonly PipelineTransform[] = [],
): FigurePipeline<Slice> {
  return {
    slice,
    transforms,
    step: async (name, version, params, fn) => {
      const sha256_before = digestOfValue(slice);
      const previous = transforms.at(-1);
      if (previous !== undefined && previous.sha256_after !== sha256_before)
        throw changed(name, previous.name);
      // What stands on record is what the step was given, whatever it does to it.
      const recorded = structuredClone(params);
      digestOfValue(recorded);
      const next = await fn(slice, params);
      const transform = { name, version, params: recorded, sha256_before, sha256_after: digestOfValue(next) };
      return pipelineFrom(next, [...transforms, transform]);
    },
  };
}

function changed(name: string, previous: string): RefusedError {
  return new RefusedError(
    "CHAIN_BROKEN",
    `the slice changed between ${previous}, which left it, and ${name}`,
    {
      hint: "Change data in a step only, so that the change is on record.",
    },
  );
}
