/**
 * The process that keeps the command's output flowing when we are killed: a shell in a session of its own.
 *
 * A pipe without a reader kills the command that writes into it. So the keeper reads it, and passes it on to where it went before: in
 * stretches, for each of which it starts a `dd` and a `tee` that leaves a copy in the spool, for our log. At the end of a stretch all
 * is quiet, and we make the spool short again and say go. When its lifeline breaks (its stdin, whose other end only we hold), it brings
 * the log up to what lies in the spool, and from the end of that stretch on writes the log as the output comes. Its words do not name us:
 * who kills every process of ours by name does not mean this one.
 */
import { spawn } from "node:child_process";
import { closeSync, symlinkSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { removeName } from "../remove-name.js";
import { closeOutlet, openOutlet } from "./outlet.js";
import type { StreamName } from "./plan-capture.js";
import { headerLength, type Spool } from "./spool.js";

/** Both are told how many bytes came in this stretch, or `NaN`; less are in the spool when it had no room. */
export interface Listener {
  /** A stretch is over: the stream waits until we say go. */
  readonly full: (bytes: number) => void;
  /** The end of the stream is in the spool. */
  readonly ended: (bytes: number) => void;
  /** Somebody has killed the keeper, and nobody reads this stream any more. */
  readonly lost: () => void;
}

export interface Keeper {
  readonly pid: number;
  listen(name: StreamName, listener: Listener): void;
  /** Begins the next stretch, after one of so many bytes. */
  go(name: StreamName, bytes: number): void;
  /** Names the folder of the logs; settles when the keeper stands in it. */
  openLogs(folder: string): Promise<unknown>;
  /** The logs are the keeper's from now on, until nobody writes any more. */
  takeOver(): void;
  end(): void;
}

/** `outlets` are the descriptors where the output goes on to, `null` for nowhere. Gives the reason when there can be no keeper. */
export async function startKeeper(
  live: string,
  spools: ReadonlyMap<StreamName, Spool>,
  outlets: readonly [number | null, number | null],
  env: NodeJS.ProcessEnv,
): Promise<Keeper | string> {
  const [out, err] = [spools.get("stdout"), spools.get("stderr")];
  const onward = outlets.map(openOutlet);
  const child = spawn("/bin/sh", ["-c", script, keeperWord, ...spools.keys()], {
    cwd: live,
    stdio: [
      "pipe",
      "pipe",
      "ignore",
      ...onward,
      ...unused,
      ...[out?.copy, err?.copy, out?.tail, err?.tail].map((end) => end ?? "ignore"),
    ],
    detached: true,
    env: { PATH: ["/usr/bin:/bin", env.PATH].filter(Boolean).join(":"), LC_ALL: "C" },
  });
  for (const outlet of onward) closeOutlet(outlet);
  for (const { tail, copy } of spools.values()) for (const end of [tail, copy]) closeSync(end);
  const { pid } = child;
  const stdin = child.stdin as unknown as Socket;
  const stdout = child.stdout as unknown as Socket;
  const words = readWords(stdout);
  const parts = [child, stdin, stdout];
  for (const part of parts) part.on("error", () => {});
  const ready = await words.next("ready");
  for (const name of spools.keys()) removeName(join(live, `${name}.said`));
  if (!ready || pid === undefined) return `no FIFO could be made in ${live}`;
  for (const part of parts) part.unref();
  const say = (word: string) => void stdin.write(`${word}\n`);
  let left = false;
  const leave = (word: string) => {
    left = true;
    say(word);
  };
  // A stretch goes on without the keeper. So a stream is lost when a stretch does not begin, or when nobody speaks any more.
  const lost = new Map<StreamName, () => void>();
  const lose = (name: StreamName) => {
    if (!left) lost.get(name)?.();
    lost.delete(name);
  };
  const due = new Set<StreamName>();
  child.once("exit", () => setTimeout(() => due.forEach(lose), grace).unref());
  return {
    pid,
    listen: (name, listener) => {
      words.on(`full ${name}`, listener.full);
      words.on(`ended ${name}`, (bytes) => {
        lost.delete(name);
        listener.ended(bytes);
      });
      lost.set(name, listener.lost);
      void words.over.then(() => lose(name));
    },
    go: (name, bytes) => {
      due.add(name);
      words.on(`began ${name}`, () => due.delete(name));
      if (child.exitCode !== null || child.signalCode !== null) lose(name);
      else say(`go ${name} ${bytes < bulk ? "8192 1024" : "65536 256"}`);
    },
    openLogs: async (folder) => {
      try {
        symlinkSync(folder, join(live, "logs"));
      } catch {
        return; // Then only we write the logs; after us the output is passed on, and not kept.
      }
      stdout.ref();
      say("logs");
      await words.next("opened");
      stdout.unref();
      // The command may have ended meanwhile, and the folder may be gone with it.
      removeName(join(live, "logs"));
    },
    takeOver: () => leave("drain"),
    end: () => leave("end"),
  };
}

/** How long a stretch may take to begin, in milliseconds, when the keeper may have died before it heard of it. */
const grace = 1000;

/** What the shell is called by in its own words, where others find it. */
const keeperWord = "drain";

/** Whether a process started with these words is a keeper. */
export function isKeeper([, option, , word, name]: readonly string[]): boolean {
  return option === "-c" && word === keeperWord && (name === "stdout" || name === "stderr");
}

interface Words {
  /** The listener gets the number that stands behind the word. */
  on(word: string, listener: (value: number) => void): void;
  /** `false` when none will come any more. */
  next(word: string): Promise<boolean>;
  readonly over: Promise<void>;
}

function readWords(stdout: Socket): Words {
  const listeners = new Map<string, (value: number) => void>();
  let rest = "";
  stdout.on("data", (bytes) => {
    const lines = (rest + bytes.toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [, word = "", value] = /^([a-z ]*[a-z]) ?(\d*)$/.exec(line) ?? [];
      listeners.get(word)?.(Number(value || Number.NaN));
    }
  });
  const over = new Promise<void>((settle) => stdout.once("close", settle));
  return {
    on: (word, listener) => void listeners.set(word, listener),
    next: (word) => {
      const said = new Promise<boolean>((settle) => listeners.set(word, () => settle(true)));
      return Promise.race([said, over.then(() => false)]);
    },
    over,
  };
}

/** The descriptors 5 to 9, which the script opens itself. */
const unused = Array<"ignore">(5).fill("ignore");

/**
 * A stretch is 8 or 16 MiB at most: little for the memory. It is so many reads at most too; many, for the processes that it costs, and few
 * large ones only where each brings much.
 */
const bulk = 4 * 1024 * 1024;

/**
 * Descriptors: where the output goes on to, FIFO, what `dd` says, beginning and end of the spool: 3 5 7 10 12 for stdout, 4 6 8 11 13
 * for stderr. A shell cannot name those above 9, but a path can. `<>` opens a FIFO without waiting for its other end; held beside it
 * for a moment, so does `<`.
 *
 * `dd` because it reads no byte more than it is told to; it says how often it has read, and fewer times than told are the end, unless
 * `tee` has failed it. `tee` drops an output that fails and serves the other, and behind the last one stands a `cat`, so that neither a
 * full disk nor a reader who has left ever stops the command.
 */
const script = `
trap '' HUP INT QUIT TERM USR1 USR2 PIPE
[ -e /dev/fd/0 ] || exit
fifos=
for name; do fifos="$fifos $name $name.said"; done
mkfifo -m 600 $fifos || exit
for name; do
  case $name in
    stdout) exec 9<>stdout 5<stdout 7<>stdout.said ;;
    stderr) exec 9<>stderr 6<stderr 8<>stderr.said ;;
  esac
done
exec 9<&-
echo ready

carry() {
  echo "began $1"
  dd bs="$6" count="$7" <&"$3" 2>&"$4" | tee -a "/dev/fd/$5" >&"$2"
  status=$?
  echo over >&"$4"
  reads=$7 bytes=
  while read -r number what <&"$4" && [ "$number" != over ]; do
    case $what in
      'records in') reads=$number ;;
      bytes*) bytes=$number ;;
    esac
  done
  [ "$status" -eq 0 ] && [ "$(($reads))" -lt "$7" ] && word=ended || word=full
  echo "$word $1 $bytes"
}
out= err= logs=
while read -r word name bytes reads; do
  case $word$name in
    gostdout) [ -z "$out" ] || wait "$out"; carry stdout 3 5 7 12 "$bytes" "$reads" & out=$! ;;
    gostderr) [ -z "$err" ] || wait "$err"; carry stderr 4 6 8 13 "$bytes" "$reads" & err=$! ;;
    logs) cd -P logs && logs=yes; echo opened ;;
    drain) break ;;
    end) wait; exit ;;
  esac
done
exec </dev/null >/dev/null

length() { echo $(($(wc -c))); }
finish() {
  log=$1.log
  [ "$logs" ] && [ -f "$log" ] || log=/dev/null
  exec 9<"/dev/fd/$4"
  { read -r before from; read -r after place; read -r short; } <&9
  size=$(length <"$log")
  if [ "$size" -ge "$before" ] && [ "$size" -lt "$after" ]; then
    [ "$size" -eq "$before" ] || dd if=/dev/null of="$log" bs=1 count=0 seek="$before"
    place=$from
  fi
  [ "$(length <"/dev/fd/$4")" -eq "$short" ] && place=${headerLength}
  [ "$place" -gt ${headerLength} ] && dd bs="$((place - ${headerLength}))" count=1 <&9 >/dev/null
  while kill -0 "$5"; do
    cat <&9 >>"$log"
    sleep 0.2 || sleep 1
  done
  cat <&9 >>"$log"
  tee -a "$log" <&"$3" >&"$2"
  cat <&"$3" >/dev/null
}
for name; do
  case $name in
    stdout) finish stdout 3 5 10 "$out" & ;;
    stderr) finish stderr 4 6 11 "$err" & ;;
  esac
done
wait
`;
