import { AppError, type ErrorCode } from "../core/errors.ts";

/** Exit codes, never to be changed: 0 the gate passed, 1 it failed, 2 wrong usage or configuration, 3 could not assess, 70 a bug. */
const exitCodes: Record<ErrorCode, number> = {
  USAGE: 2,
  CONFIG_INVALID: 2,
  TARGET_NOT_FOUND: 3,
  UNSUPPORTED: 3,
  AUTH_FAILED: 3,
  UNREACHABLE: 3,
  CORRUPT_INPUT: 3,
  LIMIT_EXCEEDED: 3,
};

/** What to do where the place that failed could not say it better. */
const usualHints: Record<ErrorCode, string> = {
  USAGE: 'see "plimsoll --help"',
  CONFIG_INVALID: "correct the file, or run without it",
  TARGET_NOT_FOUND: "check the name, and that you may read it",
  UNSUPPORTED: 'save it in another form: "docker save", "skopeo copy" or an OCI layout can be read',
  AUTH_FAILED: "log in first, or check the credentials",
  UNREACHABLE: "check that it runs and can be reached from here",
  CORRUPT_INPUT: "it is damaged or was cut off: make or fetch it again",
  LIMIT_EXCEEDED: "untrusted input is read within fixed bounds; this one is damaged or hostile",
};

/** Writes a failure and what to do about it to stderr. */
export function describe(error: AppError): void {
  process.stderr.write(`plimsoll: ${error.message}\nhint: ${error.hint ?? usualHints[error.code]}\n`);
}

/** Prints what went wrong and what to do on stderr, and gives the exit code. What is no AppError is a bug and printed with its stack. */
export function report(error: unknown): number {
  if (error instanceof AppError) {
    describe(error);
    return exitCodes[error.code];
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`plimsoll: a bug, not your doing: ${text}\nhint: report it with the command that you ran\n`);
  return 70;
}
