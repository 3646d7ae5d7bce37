/**
 * The process that keeps the command's output flowing when we are killed.
 *
 * A pipe without a reader kills the command that writes into it. So a shell in a session of its own holds the same FIFOs open and reads
 * nothing, until its lifeline (its stdin, whose other end only we hold) breaks. Then it writes what we had read and not yet logged,
 * and goes on copying, to the log and to where the output went before. Its words do not name us: who kills every process of ours by
 * name does not mean this one.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants, openSync, symlinkSync, unlinkSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { StreamName } from "./plan-capture.js";

export interface Keeper {
  readonly pid: number;
  /** Names the folder of the logs; settles when the keeper stands in it. */
  openLogs(folder: string): Promise<unknown>;
  /** The command still has children that write: the keeper copies what they write until they end. */
  takeOver(): void;
  end(): void;
}

/** `outlets` are the descriptors where the output goes on to, `null` for nowhere. Gives the reason when there can be no keeper. */
export async function startKeeper(
  live: string,
  streams: readonly StreamName[],
  outlets: readonly [number | null, number | null],
  env: NodeJS.ProcessEnv,
): Promise<Keeper | string> {
  const fifos = streams.flatMap((name) => [name, parkOf(name)]);
  const child = spawn("/bin/sh", ["-c", script, "drain", ...fifos], {
    cwd: live,
    stdio: ["pipe", "pipe", "ignore", outlets[0] ?? "ignore", outlets[1] ?? "ignore"],
    detached: true,
    env: { PATH: ["/usr/bin:/bin", env.PATH].filter(Boolean).join(":"), LC_ALL: "C" },
  });
  const { pid } = child;
  const stdin = child.stdin as unknown as Socket;
  const stdout = child.stdout as unknown as Socket;
  // A keeper that is gone is noticed nowhere else: what it would have saved is lost only if we are killed too.
  for (const part of [child, stdin, stdout]) part.on("error", () => {});
  const ready = await nextWord(stdout);
  if (pid === undefined || !ready) return `no FIFO could be made in ${live}`;
  for (const part of [child, stdin, stdout]) part.unref();
  const say = (word: string) => void stdin.write(`${word}\n`);
  return {
    pid,
    openLogs: (folder) => {
      try {
        symlinkSync(folder, join(live, "logs"));
      } catch {
        return Promise.resolve(); // Then only we write the logs; after us the output is passed on, and not kept.
      }
      stdout.ref();
      const opened = nextWord(stdout);
      say("logs");
      return opened
        .then(() => stdout.unref())
        .then(() => unlinkSync(join(live, "logs")))
        .catch(() => {});
    },
    takeOver: () => say("drain"),
    end: () => say("end"),
  };
}

/** Ends of one stream's FIFO and of its park, opened and then without a name. */
export interface Channel {
  readonly reader: number;
  readonly writer: number;
  readonly park: number;
}

/** The FIFO itself keeps its name: `script` opens it by path. */
export function openChannel(live: string, name: StreamName): Channel {
  const path = join(live, name);
  const park = join(live, parkOf(name));
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  const parked = openSync(park, constants.O_RDWR | constants.O_NONBLOCK);
  unlinkSync(park);
  return { reader, writer, park: parked };
}

function parkOf(name: StreamName): string {
  return `${name}.park`;
}

/** `false` when the keeper ended instead of answering. */
async function nextWord(stdout: Socket): Promise<boolean> {
  if (stdout.destroyed) return false;
  const answered = once(stdout, "data").then(() => true);
  return Promise.race([answered, once(stdout, "close").then(() => false)]).catch(() => false);
}

/**
 * `<>` opens a FIFO without waiting for its other end; held beside it for a moment, so does `<`.
 * A park holds frames `size length\n` and bytes: what was read when the log had that size. Only frames of the size the log has now
 * are not in it. `dd` because it reads from a pipe exactly what it is told to; `tee` drops an output that fails and serves the other,
 * and `cat` stands behind it, so that a full disk never blocks the command.
 */
const script = `
trap '' HUP INT QUIT TERM USR1 USR2 PIPE
mkfifo -m 600 "$@" || exit 1
for fifo; do
  case $fifo in
    stdout) exec 9<>stdout 5<stdout ;;
    stdout.park) exec 9<>stdout.park 6<stdout.park ;;
    stderr) exec 9<>stderr 7<stderr ;;
    stderr.park) exec 9<>stderr.park 8<stderr.park ;;
  esac
done
exec 9<&-
echo ready

logs=
while read -r word; do
  case $word in
    logs) cd -P logs && logs=yes; echo opened ;;
    drain) break ;;
    end) exit 0 ;;
  esac
done
exec </dev/null >/dev/null

salvage() {
  size=$(($(wc -c <"$2")))
  while read -r at length <&"$1"; do
    case $at in
      "$size") dd bs="$length" count=1 <&"$1" >>"$2" ;;
      *) dd bs="$length" count=1 <&"$1" >/dev/null ;;
    esac
  done
}
copy() {
  if [ "$logs" ] && [ -f "$4" ]; then
    salvage "$2" "$4"
    tee -a "$4" <&"$1" >&"$3"
  else
    cat <&"$1" >&"$3"
  fi
  cat <&"$1" >/dev/null
}
for fifo; do
  case $fifo in
    stdout) copy 5 6 3 stdout.log & ;;
    stderr) copy 7 8 4 stderr.log & ;;
  esac
done
wait
`;
