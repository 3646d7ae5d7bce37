import { fstatSync } from "node:fs";
import { isatty } from "node:tty";
import type { StandardStreams } from "./plan-capture.js";

export function captureStandardStreams(): StandardStreams {
  return { terminals: [isatty(0), isatty(1), isatty(2)], oneFile: isOneFile(1, 2) };
}

function isOneFile(one: number, other: number): boolean {
  const [a, b] = [fstatSync(one, { bigint: true }), fstatSync(other, { bigint: true })];
  return a.dev === b.dev && a.ino === b.ino && a.rdev === b.rdev;
}
