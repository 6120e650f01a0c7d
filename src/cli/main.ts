import { CommanderError } from "commander";
import { report } from "./failure.ts";
import { endQuietlyWhenNobodyReads } from "./output.ts";
import { program } from "./program.ts";

endQuietlyWhenNobodyReads();
try {
  await program().parseAsync(process.argv);
} catch (error) {
  // Commander has printed its own message by now; its code is 1 for wrong usage, which here means "the gate failed".
  process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : report(error);
}
