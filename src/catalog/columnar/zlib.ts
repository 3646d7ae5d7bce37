/** Loading `node:zlib` brings all streams and takes milliseconds, which a list of what is remembered does without. */
export function zlib(): typeof import("node:zlib") {
  return process.getBuiltinModule("node:zlib");
}
