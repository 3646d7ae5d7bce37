"use strict";
/**
 * Tells Colophon which files this Node opens: one line, by one write(2), for each file and each way of opening it. NODE_OPTIONS loads it
 * into every Node below an observed command, of whatever version: the build writes it in words that all of them read. It prints
 * nothing, and whatever goes wrong in here never becomes the program's problem.
 *
 * Functions of node:fs are replaced by ones of the same name, length and properties. A frame of ours would stand in the stack of an
 * error that a synchronous one throws: it is taken out of what Node prints of an error that nobody catches.
 */
const variable = "COLOPHON_OBSERVE";
const spool = process.env[variable];
// Before 16, functions are missing, or warn when they are looked at.
try {
  if (spool && Number.parseInt(process.versions.node, 10) >= 16) observe();
} catch {}

function observe() {
  const fs = require("node:fs");
  const { apply } = Reflect;
  const { openSync, writeSync, closeSync, statSync, fstatSync } = fs;
  const { constants } = fs;
  const { cwd, hrtime } = process;
  // Opened for each line: a descriptor kept open might be closed by the program, and be another file's when we write.
  const appending = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW;
  const leaving = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;
  const mostOfKey = BigInt(0xffffffff);
  const mostFiles = 50000;
  const mostBytes = 256 * 1024 * 1024;
  const bits = { r: 1, w: 2, b: 3, d: 8 };
  const seen = new Map();
  const started = new Set();
  const key = `${process.pid}.${Number(hrtime.bigint() & mostOfKey).toString(16)}`;
  let number = 0;
  let off = false;

  function say(tag, ...fields) {
    const line = Buffer.from(`\n${[tag, key, number++, ...fields.map(escaped)].join("\t")}\n`, "latin1");
    let full = false;
    let complete = false;
    try {
      const descriptor = openSync(spool, appending);
      try {
        complete = writeSync(descriptor, line) === line.length;
        full = number % 64 === 0 && fstatSync(descriptor).size > mostBytes;
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      // Without the spool the run is over, and nobody reads any more.
      if (error.code === "ENOENT") off = complete = true;
    }
    if (full) off = true;
    if (full || !complete) leaveWord();
  }

  function leaveWord() {
    try {
      closeSync(openSync(`${spool}.lost`, leaving, 0o600));
    } catch {}
  }

  /** Bytes, as characters of one byte each. */
  function absolute(path) {
    if (path instanceof URL) path = require("node:url").fileURLToPath(path);
    const bytes = (Buffer.isBuffer(path) ? path : Buffer.from(path)).toString("latin1");
    return bytes.startsWith("/") ? bytes : `${Buffer.from(cwd()).toString("latin1")}/${bytes}`;
  }

  function tell(way, given) {
    if (off || (typeof given !== "string" && !Buffer.isBuffer(given) && !(given instanceof URL))) return;
    const path = absolute(given);
    const known = seen.get(path) || 0;
    if ((known & bits[way]) === bits[way]) return;
    const found = statSync(Buffer.from(path, "latin1"), { bigint: true, throwIfNoEntry: false });
    if (found === undefined ? way === "r" || way === "d" : found.isDirectory()) return;
    if (seen.size >= mostFiles) {
      off = true;
      say("C", "files");
      return;
    }
    seen.set(path, way === "d" ? 0 : known | bits[way]);
    if (found === undefined) say("F", way, "-", "", "", path);
    else say("F", way, found.isFile() ? "f" : "o", String(found.size), String(found.mtimeNs), path);
  }

  function rename(source, target) {
    if (off) return;
    const [from, to] = [absolute(source), absolute(target)];
    seen.delete(from);
    seen.delete(to);
    say("M", from, to);
  }

  function start(program, env) {
    if (off || typeof program !== "string" || started.size >= 200) return;
    const name = nameOf(program);
    const how = env && typeof env === "object" && env[variable] === undefined ? "cleared" : "seen";
    if (started.has(`${how} ${name}`)) return;
    started.add(`${how} ${name}`);
    say("X", how, name);
  }

  function wayOf(flags) {
    if (typeof flags === "number") {
      const access = flags & 3;
      return access === 0 ? "r" : access === 1 || flags & constants.O_TRUNC ? "w" : "b";
    }
    if (typeof flags !== "string" || flags === "r" || flags === "rs" || flags === "sr") return "r";
    return flags.startsWith("w") || flags.startsWith("a") || flags.startsWith("x") ? "w" : "b";
  }

  const read = (path, options) => tell(wayOf(options?.flag), path);
  const write = (path) => tell("w", path);
  const remove = (path) => tell("d", path);
  const copy = (source, target) => {
    tell("r", source);
    tell("w", target);
  };
  const link = (_, target) => tell("w", target);
  const open = (path, flags) => tell(wayOf(flags), path);
  const noted = {
    open,
    openAsBlob: read,
    readFile: read,
    writeFile: write,
    appendFile: write,
    truncate: write,
  };
  Object.assign(noted, { copyFile: copy, cp: copy, rename, unlink: remove, rm: remove, link, symlink: link });

  for (const [name, note] of Object.entries(noted)) {
    replace(fs, name, note);
    replace(fs, `${name}Sync`, note);
    replace(fs.promises, name, note);
  }
  const processes = require("node:child_process");
  replace(processes.ChildProcess.prototype, "spawn", (options) =>
    start(options.file, environmentOf(options)),
  );
  const called = (program, words, options) => start(program, [words, options].find((one) => one?.env)?.env);
  replace(processes, "spawnSync", called);
  replace(processes, "execFileSync", called);
  replace(processes, "execSync", (_, options) => start("sh", options?.env));
  require("node:module").syncBuiltinESMExports();
  process.on("uncaughtExceptionMonitor", withoutOurFrames);
  off = isLimited(fs);
  if (off) leaveWord();
  else say("S", "node", process.versions.node, ...[process.argv0, process.argv[1] || ""].map(nameOf));

  function replace(owner, name, note) {
    const original = owner[name];
    if (typeof original !== "function") return;
    const isSync = name.endsWith("Sync");
    const replacement = function (...args) {
      try {
        apply(note, undefined, args);
      } catch {}
      if (!isSync) return apply(original, this, args);
      // One frame more, so that as many of the program's are left.
      const limit = Error.stackTraceLimit;
      if (typeof limit === "number") Error.stackTraceLimit = limit + 1;
      try {
        return apply(original, this, args);
      } finally {
        if (typeof limit === "number") Error.stackTraceLimit = limit;
      }
    };
    Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(original));
    owner[name] = replacement;
  }
}

/** A limit on the size of files would end a Node that goes beyond it, and the spool is a file. */
function isLimited(fs) {
  try {
    return !/^Max file size\s+unlimited/m.test(fs.readFileSync("/proc/self/limits", "latin1"));
  } catch {
    return false; // It is not told here.
  }
}

function nameOf(program) {
  return Buffer.from(program.slice(program.lastIndexOf("/") + 1)).toString("latin1");
}

function escaped(field) {
  return field.replace(/[%\n\t]/g, (one) => (one === "%" ? "%25" : one === "\n" ? "%0A" : "%09"));
}

/** `A=1` pairs, as `spawn` has them ready by then. */
function environmentOf({ envPairs }) {
  if (!Array.isArray(envPairs)) return undefined;
  return Object.fromEntries(envPairs.map((pair) => [pair.slice(0, pair.indexOf("=")), ""]));
}

function withoutOurFrames(error) {
  try {
    if (typeof error.stack !== "string" || !error.stack.includes(__filename)) return;
    error.stack = error.stack
      .split("\n")
      .filter((line) => !line.startsWith("    at ") || !line.includes(__filename))
      .join("\n");
  } catch {}
}
