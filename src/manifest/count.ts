/** Numbers for people. */

/** `12,345`. `toLocaleString` would first load what it knows of all languages, for longer than most commands take. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
