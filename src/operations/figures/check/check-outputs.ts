/** The gates that look at what a figure consists of: payload, CSV, references, and the sum of what is drawn. */
import { ColophonError } from "../../../errors.js";
import { hexOf } from "../../../kinds/figure/digests.js";
import { isInvariant } from "../../../kinds/figure/invariance.js";
import type { FigureManifest, Recording } from "../../../kinds/figure/kind.js";
import { findReferenceFault } from "../../../kinds/figure/references.js";
import { otherThan } from "../../../kinds/figure/renderings.js";
import { sha256 } from "../../../manifest/digest.js";
import { orderReferences, type Payload, parsePayload } from "../payload.js";
import { type FigureReading, recordingOf } from "../ports.js";
import { sumDrawn } from "../sums.js";
import { type GateResult, gate } from "./gates.js";

/** Bytes by path; `undefined` is missing. */
export type Look = Pick<FigureReading, "artifacts" | "findBytes" | "namespace">;

export function checkOutputs(figure: FigureManifest, look: Look): GateResult[] {
  const { outputs } = figure;
  const recording = recordingOf(figure, look.namespace);
  const payload = locate(outputs.figure_path, look);
  const digests = [
    checkDigest(outputs.figure_path, outputs.figure_sha256, "/outputs/figure_sha256", look),
    checkDigest(outputs.download_csv, recording?.csv_sha256, "/outputs/download_csv", look),
    ...(recording?.renderings ?? []).flatMap((rendering, index) =>
      checkRendering(rendering, `/${look.namespace}/recording/renderings/${index}`, look),
    ),
  ];
  return [...checkReferencesFile(figure, look), ...digests, ...checkDrawn(figure, payload, look)];
}

/**
 * Where a path of a manifest is. Those of another tool count from elsewhere; then the place of its kind under the artifacts root is
 * meant.
 */
export function locate(path: string, { artifacts, findBytes }: Look): Uint8Array | undefined {
  const placed = /(?:^|\/)((?:figures|references|manifests)\/[^/]+)$/.exec(path)?.[1];
  return findBytes(path) ?? (placed === undefined ? undefined : findBytes(`${artifacts}/${placed}`));
}

function checkDigest(path: string, expected: string | undefined, pointer: string, look: Look): GateResult {
  const result = gate("digest");
  const bytes = locate(path, look);
  if (bytes === undefined) return result(path, "missing", { pointer, reason: "is named, and not there" });
  const hex = hexOf(expected ?? "");
  const found = `sha256:${sha256(bytes)}`;
  if (hex === undefined) return result(path, "unknown", { pointer, found, reason: "no digest is recorded" });
  const said = { pointer, expected: `sha256:${hex}`, found };
  return result(path, found === said.expected ? "ok" : "differs", said);
}

function checkRendering(
  { path, sha256: recorded, media_type }: Recording["renderings"][number],
  pointer: string,
  look: Look,
): GateResult[] {
  const digest = checkDigest(path, recorded, `${pointer}/sha256`, look);
  const bytes = locate(path, look);
  const found = bytes === undefined ? null : otherThan(media_type, bytes);
  if (found === null) return [digest];
  const said = { pointer: `${pointer}/media_type`, expected: media_type, found };
  return [digest, gate("digest")(path, "differs", said)];
}

/** Line by line, 1-indexed; every reference is there once, and nothing else. */
function checkReferencesFile(figure: FigureManifest, look: Look): GateResult[] {
  const result = gate("references");
  const path = figure.outputs.download_refs;
  const pointer = "/outputs/download_refs";
  const bytes = locate(path, look);
  if (bytes === undefined) return [result(path, "missing", { pointer, reason: "is named, and not there" })];
  const fault = findReferenceFault(new TextDecoder().decode(bytes), figure);
  return [result(path, fault === undefined ? "ok" : "differs", { pointer, reason: fault ?? null })];
}

/** The references that the drawn rows cite, and the sum of what they draw. */
function checkDrawn(figure: FigureManifest, bytes: Uint8Array | undefined, look: Look): GateResult[] {
  const recording = recordingOf(figure, look.namespace);
  const path = figure.outputs.figure_path;
  if (bytes === undefined) return [];
  if (recording === undefined) {
    const reason = "who recorded it did not say which member of the rows is drawn";
    return [gate("invariance")(path, "unknown", { pointer: "/outputs/numeric_invariance", reason })];
  }
  let payload: Payload;
  try {
    payload = parsePayload(bytes, path);
  } catch (fault) {
    return [gate("digest")(path, "differs", { reason: messageOf(fault) })];
  }
  const isCanonical = payload.text === new TextDecoder().decode(bytes);
  return [
    ...(isCanonical ? [] : [gate("digest")(path, "differs", { reason: "is not in the canonical form" })]),
    orderResult(figure, payload, recording.source_field),
    sumResult(figure, payload, recording.invariance.field),
  ];
}

function orderResult({ references, outputs }: FigureManifest, payload: Payload, field: string): GateResult {
  const result = gate("references");
  const pointer = "/references/order";
  const said = { pointer, expected: references.order.join(", ") };
  try {
    const found = orderReferences(payload, field).join(", ");
    const reason = "the drawn rows cite sources in another order, or other sources";
    return found === said.expected
      ? result(outputs.figure_path, "ok", said)
      : result(outputs.figure_path, "differs", { ...said, found, reason });
  } catch (fault) {
    return result(outputs.figure_path, "differs", { ...said, reason: messageOf(fault) });
  }
}

function sumResult({ outputs }: FigureManifest, payload: Payload, field: string): GateResult {
  const result = gate("invariance");
  const { post_agg_sum, tolerance_pct } = outputs.numeric_invariance;
  const said = { pointer: "/outputs/numeric_invariance/post_agg_sum", expected: String(post_agg_sum) };
  try {
    const found = sumDrawn(payload, field);
    const agrees = isInvariant({ pre_agg_sum: post_agg_sum, post_agg_sum: found, tolerance_pct });
    const reason = agrees ? null : `${field} of what is drawn comes to another sum`;
    return result(outputs.figure_path, agrees ? "ok" : "differs", { ...said, found: String(found), reason });
  } catch (fault) {
    return result(outputs.figure_path, "differs", { ...said, reason: messageOf(fault) });
  }
}

/** A fault of what is looked at is an answer; a fault of ours is not. */
export function messageOf(fault: unknown): string {
  if (fault instanceof ColophonError) return fault.message;
  throw fault;
}
