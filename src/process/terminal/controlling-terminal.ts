/** What the terminal is to us. */
import { execFileSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { isatty } from "node:tty";

/** Whether Ctrl-C on the terminal reaches our process group, and with it the command. */
export function isInForeground(): boolean {
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return terminal !== "0" && group === foreground;
  } catch {
    return isInForegroundByPs();
  }
}

function isInForegroundByPs(): boolean {
  try {
    const answer = execFileSync("ps", ["-o", "pgid=,tpgid=", "-p", String(process.pid)], {
      encoding: "utf8",
    });
    const [group, foreground] = answer.trim().split(/\s+/);
    return group !== undefined && group === foreground;
  } catch {
    return false;
  }
}

/**
 * Under `nohup` a hang-up is ignored, and ignoring is inherited; Node undoes it at its start, unasked, for itself and its children.
 * Whoever took all three streams away from a terminal that could hang up meant the command to outlive it.
 */
export function hangUpIsIgnorable(): boolean {
  return ![0, 1, 2].some((descriptor) => isatty(descriptor)) && hasControllingTerminal();
}

function hasControllingTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
