/** The names of the operating system and its C library, from files alone. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { machine, platform, release } from "node:os";
import { findText } from "./machine/system-files.js";

/** Like Python's `platform.platform()`: `Linux-6.1.0-x86_64-with-glibc2.36`, `macOS-14.4-arm64`. */
export function platformName(): string {
  if (platform() === "darwin") {
    const version = parseMacVersion(findText("/System/Library/CoreServices/SystemVersion.plist") ?? "");
    return version === null ? `Darwin-${release()}-${machine()}` : `macOS-${version}-${machine()}`;
  }
  const system = platform() === "linux" ? "Linux" : platform();
  const libc = findLibc();
  return [system, release(), machine(), ...(libc === null ? [] : ["with", libc.replace(" ", "")])].join("-");
}

/** Such as `Debian GNU/Linux 12 (bookworm)` or `macOS 14.4`. */
export function findDistribution(systemRoot = "/"): string | null {
  const release = findText(`${systemRoot}/etc/os-release`) ?? findText(`${systemRoot}/usr/lib/os-release`);
  if (release !== undefined) return parseDistribution(release);
  const version = parseMacVersion(
    findText(`${systemRoot}/System/Library/CoreServices/SystemVersion.plist`) ?? "",
  );
  return version === null ? null : `macOS ${version}`;
}

export function parseDistribution(osRelease: string): string | null {
  const values = new Map<string, string>();
  for (const line of osRelease.split("\n")) {
    const parts = /^([A-Z_]+)=(["']?)(.*)\2\s*$/.exec(line);
    if (parts !== null) values.set(parts[1]!, parts[3]!);
  }
  return (
    values.get("PRETTY_NAME") ||
    [values.get("NAME"), values.get("VERSION_ID")].filter(Boolean).join(" ") ||
    null
  );
}

export function parseMacVersion(propertyList: string): string | null {
  return /<key>ProductVersion<\/key>\s*<string>([0-9.]+)<\/string>/.exec(propertyList)?.[1] ?? null;
}

/**
 * `glibc 2.36`, or `musl` (which does not write its version where a file shows it); null where neither is mapped. Node's own
 * diagnostic report knows the version too, but costs several milliseconds and may look up host names.
 */
export function findLibc(): string | null {
  libc ??= { name: askLibc() };
  return libc.name;
}

/** It does not change under a running process. */
let libc: { readonly name: string | null } | undefined;

function askLibc(): string | null {
  const file = findMappedLibc(findText("/proc/self/maps") ?? "");
  if (file === null) return null;
  if (file.includes("musl")) return "musl";
  // Before 2.34 the file carried the version in its name.
  const version = /libc-(\d+\.\d+)\.so$/.exec(file)?.[1] ?? findBanner(file);
  return version === null ? "glibc" : `glibc ${version}`;
}

export function findMappedLibc(maps: string): string | null {
  return /\s(\/\S*\/(?:libc\.so\.6|libc-\d+\.\d+\.so|(?:ld-|libc\.)musl-\S+))$/m.exec(maps)?.[1] ?? null;
}

const piece = 256 * 1024;
const bannerLength = 256;

/** The line the library prints when it is run stands near its end, so it is read backwards. */
function findBanner(file: string): string | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return null;
  }
  try {
    const buffer = Buffer.allocUnsafe(piece + bannerLength);
    for (let end = fstatSync(descriptor).size; end > 0; end -= piece) {
      const length = readSync(descriptor, buffer, 0, buffer.length, Math.max(0, end - piece));
      const start = buffer.subarray(0, length).indexOf("GNU C Library (");
      if (start === -1) continue;
      const banner = buffer.toString("latin1", start, Math.min(length, start + bannerLength));
      return /release version (\d+\.\d+)/.exec(banner)?.[1] ?? null;
    }
    return null;
  } finally {
    closeSync(descriptor);
  }
}
