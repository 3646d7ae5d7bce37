/** Times for people: local, unless UTC is asked for. */

/** `2026-11-18 10:42`, with `Z` for UTC. */
export function formatTime(milliseconds: number, utc: boolean): string {
  const shifted = utc ? milliseconds : milliseconds - new Date(milliseconds).getTimezoneOffset() * 60_000;
  return `${new Date(shifted).toISOString().slice(0, 16).replace("T", " ")}${utc ? "Z" : ""}`;
}

/** `now`, `5 m`, `3 h`, `12 d`; a clock that ran ahead is now. */
export function formatAge(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} m`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / (24 * 60))} d`;
}
