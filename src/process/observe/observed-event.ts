/** What is heard of a command and its children while they run, in the order in which it was told. */

/** An absolute path as it was given, in which every character stands for one byte. */
export type ObservedPath = string;

/** `database`: opened by SQLite, for reading and, may be, writing. */
export type OpenedFor = "reading" | "writing" | "both" | "database" | "deleting";

export type Mechanism = "python" | "node" | "strace";

export type ObservedEvent =
  | {
      readonly kind: "process";
      readonly process: string;
      readonly by: Mechanism;
      readonly version: string | null;
      /** What it was started as: the names of the interpreter and of its script, where that is told. */
      readonly programs: readonly string[];
    }
  | {
      readonly kind: "file";
      readonly process: string;
      readonly opened: OpenedFor;
      readonly path: ObservedPath;
      /** The file as it was before; `null` where that is not told. */
      readonly before: FileBefore | null;
      /** When, in nanoseconds since 1970; `null` where only the file itself was looked at. */
      readonly time: bigint | null;
    }
  | {
      readonly kind: "rename";
      readonly process: string;
      readonly from: ObservedPath;
      readonly to: ObservedPath;
    }
  | { readonly kind: "program"; readonly name: string; readonly how: StartedHow }
  /** A process stopped telling: it had opened too many files. */
  | { readonly kind: "capped" }
  /** A line that cannot be read, or lines that never came. */
  | { readonly kind: "lost"; readonly lines: number };

export type FileBefore =
  | { readonly there: false }
  | {
      readonly there: true;
      readonly isRegular: boolean;
      readonly size: number;
      readonly mtimeNs: bigint;
    };

/** `cleared`: without the variables that make it tell. `isolated`: a Python told to heed none. */
export type StartedHow = "seen" | "cleared" | "isolated";
