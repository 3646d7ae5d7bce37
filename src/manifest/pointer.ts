/** RFC 6901 JSON Pointers. */

export function appendToPointer(pointer: string, segment: string | number): string {
  return `${pointer}/${escapeSegment(String(segment))}`;
}

export function parsePointer(pointer: string): string[] {
  return pointer === ""
    ? []
    : pointer
        .slice(1)
        .split("/")
        .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

export function parentOfPointer(pointer: string): string {
  return pointer.slice(0, Math.max(0, pointer.lastIndexOf("/")));
}

/** The value a pointer names, or `undefined`; own members only, so `/constructor` finds nothing in `{}`. */
export function valueAt(value: unknown, pointer: string): unknown {
  return parsePointer(pointer).reduce<unknown>(
    (inner, segment) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, segment)
        ? (inner as Record<string, unknown>)[segment]
        : undefined,
    value,
  );
}

function escapeSegment(segment: string): string {
  return segment.replaceAll("~", "~0").replaceAll("/", "~1");
}
