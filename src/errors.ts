/**
 * Everything that can be wrong, in two forms: a finding is a fault of a document, an error is a fault that stops a command.
 * Every code stands in `spec/README.md` and is exercised by a test; `test/errors.test.ts` holds both.
 */

export type Severity = "error" | "warning" | "notice";

/** One fault of one document. Findings are data: they are collected, sorted and printed, never thrown. */
export interface Finding {
  /** Stable name of the cause, such as `MISSING_FIELD`. */
  readonly code: string;
  readonly severity: Severity;
  /** RFC 6901 JSON Pointer of the value at fault; `""` is the whole document. */
  readonly pointer: string;
  /** What is wrong, what was found and what was expected, on one line. */
  readonly message: string;
  /** One imperative sentence: what to do about it. */
  readonly hint: string;
  /** 1-based place in the text; `null` when the value did not come from a text. */
  readonly line: number | null;
  readonly column: number | null;
}

/** What the process ends with. `colophon run` returns the command's own status instead. */
export const exitStatus = {
  fine: 0,
  findings: 1,
  usage: 2,
  couldNotRun: 3,
  runFailedBeforeStart: 125,
  commandNotExecutable: 126,
  commandNotFound: 127,
} as const;

export interface ErrorDetails {
  /** One imperative sentence the user can act on, if possible a line to type. */
  readonly hint: string;
  readonly cause?: unknown;
}

/** The base of everything Colophon throws on purpose. A plain `Error` that reaches the user is a bug of ours. */
export class ColophonError extends Error {
  override readonly name: string = "ColophonError";
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, { hint, cause }: ErrorDetails) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }

  get exitStatus(): number {
    return exitStatus.couldNotRun;
  }
}

/** The command line, or a call of the API, asks for something that does not exist. */
export class UsageError extends ColophonError {
  override readonly name = "UsageError";

  override get exitStatus(): number {
    return exitStatus.usage;
  }
}

/** Git is missing, too old, or cannot read the repository. */
export class GitError extends ColophonError {
  override readonly name = "GitError";
}

/** A file or folder cannot be read or written as asked. */
export class FileError extends ColophonError {
  override readonly name = "FileError";
}

/** `colophon.json` is not what it should be. */
export class ConfigError extends ColophonError {
  override readonly name = "ConfigError";
}

/** The run may not start: no provenance, a dirty tree that policy refuses, an input that is not there. */
export class RefusedError extends ColophonError {
  override readonly name = "RefusedError";
}

/** A document is not a valid manifest; `findings` says everything that is wrong with it. */
export class ValidationError extends ColophonError {
  override readonly name = "ValidationError";
  readonly findings: readonly Finding[];

  constructor(subject: string, findings: readonly Finding[]) {
    const lines = findings.map(({ pointer, message }) => `  ${pointer || "(document)"}: ${message}`);
    super("INVALID_MANIFEST", `${subject} is not valid:\n${lines.join("\n")}`, {
      hint: "Mend what each line names; `colophon validate` shows the place in a file.",
    });
    this.findings = findings;
  }

  override get exitStatus(): number {
    return exitStatus.findings;
  }
}

/** A recorded run cannot be loaded, or not be changed any more; `findings` says what is wrong with its manifest, where that is why. */
export class LifecycleError extends ColophonError {
  override readonly name = "LifecycleError";
  readonly findings: readonly Finding[];

  constructor(
    code: string,
    message: string,
    details: ErrorDetails & { readonly findings?: readonly Finding[] },
  ) {
    super(code, message, details);
    this.findings = details.findings ?? [];
  }
}

/** One way in which a fixture is not what its manifest says. */
export interface FixtureFault {
  readonly code: string;
  /** The file at fault, relative to the folder of the fixture. */
  readonly file: string;
  /** 1-based; `null` where it is the whole file. */
  readonly line: number | null;
  /** The event at fault, where it can be told. */
  readonly trace_id: string | null;
  readonly message: string;
}

/** A fixture cannot be made, or is not what its manifest says; `faults` says in which ways. */
export class FixtureError extends ColophonError {
  override readonly name = "FixtureError";
  readonly faults: readonly FixtureFault[];

  constructor(
    code: string,
    message: string,
    details: ErrorDetails & { readonly faults?: readonly FixtureFault[] },
  ) {
    super(code, message, details);
    this.faults = details.faults ?? [];
  }

  override get exitStatus(): number {
    return exitStatus.findings;
  }
}
