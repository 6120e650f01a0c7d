import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError, messageOf } from "../core/errors.ts";

/** A reader that closes the pipe early (head) has had what it wanted: the program ends without a word. Called once. */
export function endQuietlyWhenNobodyReads(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
    throw error;
  });
}

/** Writes text to a file, making its folder, or to stdout when no file is named. */
export async function write(text: string, file: string | undefined): Promise<void> {
  if (file === undefined) {
    await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
    return;
  }
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    throw new AppError("CONFIG_INVALID", `cannot write ${file}: ${messageOf(error)}`, {
      hint: "name a path that you may write to",
      cause: error,
    });
  }
}
