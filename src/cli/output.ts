import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError, messageOf } from "../core/errors.ts";

/** Characters that are gathered before they are written. */
const batch = 64 * 1024;

/** A reader that closes the pipe early (head) has had what it wanted: the program ends without a word. Called once. */
export function endQuietlyWhenNobodyReads(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
    throw error;
  });
}

/** Writes text, whole or in pieces that are made as they are written, to a file, making its folder, or to stdout when no file is named. */
export async function write(text: string | Iterable<string>, file: string | undefined): Promise<void> {
  const parts = typeof text === "string" ? [text] : gathered(text);
  if (file === undefined) {
    for (const part of parts) await new Promise<void>((resolve) => process.stdout.write(part, () => resolve()));
    return;
  }
  const done = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw new AppError("CONFIG_INVALID", `cannot write ${file}: ${messageOf(error)}`, {
        hint: "name a path that you may write to",
        cause: error,
      });
    });
  await done(mkdir(dirname(file), { recursive: true }));
  const handle = await done(open(file, "w"));
  try {
    for (const part of parts) await done(handle.writeFile(part));
  } finally {
    await done(handle.close());
  }
}

/** Few long pieces of many short ones. */
function* gathered(pieces: Iterable<string>): Generator<string> {
  let text = "";
  for (const piece of pieces) {
    text += piece;
    if (text.length < batch) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}
