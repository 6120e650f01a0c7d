import { type VersionOrder, versionOrder } from "../advisories/versions/version-order.ts";
import { AppError } from "../core/errors.ts";
import { type InputLine, inputLines } from "./input-lines.ts";
import { write } from "./output.ts";

/** What is printed for a line that holds no pair, so that answers and lines stay side by side. */
const noAnswer = "?";

/**
 * `plimsoll db compare TYPE A B`, or pairs on stdin, one a line with a tab between them: prints `<`, `=` or `>`. A line that is no pair is answered by `?`
 * and told on stderr, the others are answered, and the exit code is 2.
 */
export async function run(given: readonly unknown[]): Promise<void> {
  const [type, a, b, { quiet = false } = {}] = given as [string, string?, string?, { quiet?: boolean }?];
  const order = versionOrder(type);
  if (order === undefined)
    throw new AppError("USAGE", `${type}: versions of this type have no order that is known`, {
      hint: "TYPE is a package URL type as deb, rpm, apk, npm, pypi, maven, golang, or semver",
    });
  if (a !== undefined && b === undefined)
    throw new AppError("USAGE", "db compare needs two versions, or none and pairs on stdin", {
      hint: "plimsoll db compare deb 1.2-1 1.2-2",
    });
  const comparison = new VersionComparison(order);
  if (a !== undefined && b !== undefined) await write(`${comparison.sign(a, b)}\n`, undefined);
  else
    for await (const lines of inputLines(process.stdin))
      await write(lines.map((line) => comparison.answer(line)).join(""), undefined);
  if (!quiet) process.stderr.write(comparison.summary(type));
  if (comparison.refused > 0) process.exitCode = 2;
}

/** Answers pairs of versions by one order. */
export class VersionComparison {
  readonly #order: VersionOrder;
  readonly #complain: (text: string) => void;
  #doubtful = 0;
  #firstDoubtful: string | undefined;
  /** Lines that hold no pair. */
  refused = 0;

  constructor(order: VersionOrder, complain = (text: string) => void process.stderr.write(text)) {
    this.#order = order;
    this.#complain = complain;
  }

  /** How two versions stand to each other, as the ecosystem's own tool says. */
  sign(a: string, b: string): string {
    const strange = [a, b].find((version) => !this.#order.isValid(version));
    if (strange !== undefined) {
      this.#doubtful++;
      this.#firstDoubtful ??= strange;
    }
    return "<=>"[this.#order.compare(a, b) + 1] as string;
  }

  /** The line of output for a line of input; an empty line has none. */
  answer({ number, text, isCut }: InputLine): string {
    if (text === "") return "";
    const [a, b, ...rest] = text.split("\t");
    if (a !== undefined && b !== undefined && rest.length === 0 && !isCut) return `${this.sign(a, b)}\n`;
    this.refused++;
    this.#complain(`plimsoll: line ${number} of stdin: is no pair of versions parted by one tab\n`);
    return `${noAnswer}\n`;
  }

  /** What people should know of the answers. */
  summary(type: string): string {
    if (this.#doubtful === 0) return "";
    const pairs = this.#doubtful === 1 ? "1 pair holds" : `${this.#doubtful} pairs hold`;
    return `plimsoll: ${pairs} what is no version of ${type} (${JSON.stringify(this.#firstDoubtful)}); there the order means little\n`;
  }
}
