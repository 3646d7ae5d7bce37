/** UTC instants. Written as `2026-11-20T10:42:07.120Z`; `+00:00` and other lengths of the fraction are read. */

const form =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})?(?:Z|\+00:00)$/;

export function formatUtc(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** Milliseconds since 1970, or `undefined` when the text is no UTC instant of the calendar (30 February, 25 o'clock). */
export function parseUtc(text: string): number | undefined {
  const parts = form.exec(text);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 59 || month < 1 || month > 12 || day < 1) return undefined;
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined;
  return Date.parse(text);
}
