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

/** Prints what went wrong and what to do on stderr, and gives the exit code. What is no AppError is a bug and printed with its stack. */
export function report(error: unknown): number {
  if (error instanceof AppError) {
    process.stderr.write(`plimsoll: ${error.message}\n${error.hint === undefined ? "" : `hint: ${error.hint}\n`}`);
    return exitCodes[error.code];
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`plimsoll: a bug, not your doing: ${text}\nhint: report it with the command that you ran\n`);
  return 70;
}
