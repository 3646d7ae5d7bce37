/** The rules for one line of anything, and for one line after the other. */
import { findAssignments } from "./assignments.js";
import { findTokens } from "./families.js";
import type { Setting } from "./judge.js";
import { createKeyBlocks } from "./key-block.js";
import { findFlagLogins, findUrlLogins } from "./logins.js";
import { joinOverlapping, type Secret } from "./secret.js";

/** The secrets of a line that stands alone. */
export function findSecrets(line: string, setting: Setting): Secret[] {
  return joinOverlapping([
    ...findTokens(line),
    ...findUrlLogins(line),
    ...findFlagLogins(line),
    ...findAssignments(line, setting),
  ]);
}

export interface LineReader {
  /** The secrets of the next line. */
  find(line: string): Secret[];
  /** The next line must be given even if nothing in it is suspicious. */
  readonly insideKey: boolean;
}

export function createLineReader(setting: Setting): LineReader {
  const keys = createKeyBlocks();
  return {
    find(line) {
      const wasOpen = keys.open;
      const blocks = keys.find(line);
      if (wasOpen && keys.open && blocks[0]?.rule === null) return blocks;
      return joinOverlapping([...blocks, ...findSecrets(line, setting)]);
    },
    get insideKey() {
      return keys.open;
    },
  };
}
