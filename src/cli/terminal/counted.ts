/** How many there are of something, in words. */
import { formatCount } from "../../manifest/count.js";

/** `1 row`, `2 rows`. */
export function counted(count: number, one: string): string {
  return `${formatCount(count)} ${one}${count === 1 ? "" : "s"}`;
}
