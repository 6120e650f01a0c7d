/** Every reason for which Plimsoll gives up on something that its user can change. */
export type ErrorCode =
  | "USAGE"
  | "CONFIG_INVALID"
  | "TARGET_NOT_FOUND"
  | "UNSUPPORTED"
  | "AUTH_FAILED"
  | "UNREACHABLE"
  | "CORRUPT_INPUT"
  | "LIMIT_EXCEEDED";

/** A failure that the user can act on: what failed, on what and why, and a `hint` that says what to do. Anything else thrown is a bug. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.hint = options.hint;
  }
}

/** A `CORRUPT_INPUT` error that names what was read and, in bytes, where it went wrong. */
export function corrupt(what: string, why: string, offset?: number): AppError {
  return new AppError("CORRUPT_INPUT", `${what}: ${why}${offset === undefined ? "" : ` at byte ${offset}`}`);
}

/** A `LIMIT_EXCEEDED` error that names what was read, the limit and what it was for. */
export function limitExceeded(what: string, limit: string): AppError {
  return new AppError("LIMIT_EXCEEDED", `${what}: more than ${limit}`, {
    hint: "untrusted input is read within fixed bounds (src/core/limits.ts); the input is damaged or hostile",
  });
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
