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
  // Two digits compare as texts do.
  const [, year, month = "", day = "", hour = "", minute = "", second = ""] = parts;
  if (hour > "23" || minute > "59" || second > "59" || month < "01" || month > "12" || day < "01")
    return undefined;
  if (day > "28" && Number(day) > lastDay(Number(year), Number(month))) return undefined;
  return Date.parse(text);
}

function lastDay(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
