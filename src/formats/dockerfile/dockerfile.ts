import { DockerfileParser } from "dockerfile-ast";
import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { jsonForm, quotedWords, unquoted } from "./words.ts";

/** One instruction of a Dockerfile. Lines count from 1. */
export interface DockerfileInstruction {
  /** In capitals: `RUN`. */
  readonly keyword: string;
  readonly line: number;
  readonly endLine: number;
  /** As it was written, with its line ends, whatever the escape character was with a backslash in its place. */
  readonly source: string;
  /** What follows the keyword in one line, without comments and continuations; here-documents follow after a line end. */
  readonly content: string;
  /** `--name=value` before the first argument; a flag without value has an empty one. */
  readonly flags: readonly { readonly name: string; readonly value: string }[];
  /** The content after the flags. */
  readonly argument: string;
  /** The argument in JSON form. */
  readonly json?: readonly string[] | undefined;
}

/** A Dockerfile as its instructions, from the first to the last. */
export interface DockerfileText {
  readonly instructions: readonly DockerfileInstruction[];
}

const keywords = new Set(
  "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR".split(
    " ",
  ),
);

/**
 * Reads a Dockerfile (docs.docker.com/reference/dockerfile). Throws `CORRUPT_INPUT` for what no builder takes: text that is none, an unknown
 * instruction, one before FROM other than ARG, no FROM; `LIMIT_EXCEEDED` beyond the bounds on size and instructions.
 */
export function readDockerfile(bytes: Uint8Array, name: string): DockerfileText {
  if (bytes.length > limits.dockerfile) throw limitExceeded(name, `${limits.dockerfile} bytes`);
  if (bytes.includes(0)) throw corrupt(name, "not a text in UTF-8: it holds a zero byte", bytes.indexOf(0));
  // A lone carriage return ends no line for a builder; as a space it ends none here.
  const text = new TextDecoder().decode(bytes).replace(/\r\n/g, "\n").replaceAll("\r", " ");
  const parsed = DockerfileParser.parse(parsable(text));
  const escapeCharacter = parsed.getEscapeCharacter();
  const lines = text.split("\n");
  const found = parsed.getInstructions();
  if (found.length > limits.dockerfileInstructions)
    throw limitExceeded(name, `${limits.dockerfileInstructions} instructions`);
  const instructions = found.map((one) => {
    const { start, end } = one.getRange();
    return instructionOf(one.getKeyword(), lines.slice(start.line, end.line + 1), start.line + 1, escapeCharacter);
  });
  requireBuildable(instructions, name);
  return { instructions };
}

/**
 * What the parser takes otherwise than builders do is written as it knows it, and nothing moves by it: here-documents with the number of a file before
 * them (`3<<EOF`), and two escape characters at the end of a line, which join nothing.
 */
function parsable(text: string): string {
  const plain = text.replace(/([\\`])\1(?=[ \t]*(?:\n|$))/g, "__");
  return plain.replace(/(?<=[ \t])\d+(?=<<-?["']?[A-Za-z_]\w*["']?(?:\s|$))/g, (digits) => " ".repeat(digits.length));
}

function requireBuildable(instructions: readonly DockerfileInstruction[], name: string): void {
  for (const { keyword, line } of instructions)
    if (!keywords.has(keyword))
      throw corrupt(name, `line ${line}: ${keyword.slice(0, 40)} is no instruction of a Dockerfile`);
  const first = instructions.find(({ keyword }) => keyword !== "ARG");
  if (first === undefined) throw corrupt(name, "it has no FROM");
  if (first.keyword !== "FROM")
    throw corrupt(name, `line ${first.line}: ${first.keyword} stands before the first FROM`);
}

function instructionOf(
  keyword: string,
  lines: readonly string[],
  line: number,
  escapeCharacter: string,
): DockerfileInstruction {
  const { written, joined } = joinedLines(lines, escapeCharacter);
  const content = joined.replace(/^\s*\S+[^\S\n]*/, "");
  const { flags, argument } = takeFlags(content);
  const json = jsonForm(argument);
  return {
    keyword: keyword.toUpperCase(),
    line,
    endLine: line + lines.length - 1,
    source: written.join("\n"),
    content,
    flags,
    argument,
    ...(json === undefined ? {} : { json }),
  };
}

/** Lines that end with the escape character go on in the next one that is neither empty nor a comment. What follows the last of them is here-documents. */
function joinedLines(lines: readonly string[], escapeCharacter: string): { written: string[]; joined: string } {
  const written: string[] = [];
  const pieces: string[] = [];
  const bodies: string[] = [];
  let isOpen = true;
  for (const [index, line] of lines.entries()) {
    if (!isOpen) {
      written.push(line);
      bodies.push(line);
      continue;
    }
    const isSkipped = index > 0 && /^\s*(?:#|$)/.test(line);
    const trimmed = line.trimEnd();
    const continues = trimmed.endsWith(escapeCharacter) && trimmed.at(-2) !== escapeCharacter;
    const piece = continues ? trimmed.slice(0, -1) : line;
    written.push(isSkipped ? `${line} \\` : continues ? `${piece}\\` : piece);
    if (!isSkipped) pieces.push(piece);
    isOpen = isSkipped || continues;
  }
  return { written, joined: [pieces.join("").trim(), ...bodies].join("\n") };
}

function takeFlags(content: string): Pick<DockerfileInstruction, "flags" | "argument"> {
  const flags: { name: string; value: string }[] = [];
  let argument = content;
  for (;;) {
    const [whole, name, value] = /^--([a-z][a-z-]*)(?:=((?:"[^"]*"|'[^']*'|\S)*))?(?:\s+|$)/.exec(argument) ?? [];
    if (whole === undefined || name === undefined) return { flags, argument };
    flags.push({ name, value: unquoted(value ?? "") });
    argument = argument.slice(whole.length);
  }
}

/** The assignments of ENV, LABEL and ARG in their order, quotes and variables still in the value; `ENV NAME value` has one. A value is undefined where ARG gives none. */
export function assignmentsOf({
  keyword,
  argument,
}: DockerfileInstruction): { name: string; value: string | undefined }[] {
  const words = quotedWords(argument);
  const [first] = words;
  if (first === undefined) return [];
  if (keyword !== "ARG" && !first.text.includes("=")) {
    return [{ name: unquoted(first.text), value: argument.slice(first.text.length).trim() }];
  }
  return words.map(({ text }) => {
    const at = text.indexOf("=");
    return at < 0
      ? { name: unquoted(text), value: keyword === "ARG" ? undefined : "" }
      : { name: unquoted(text.slice(0, at)), value: text.slice(at + 1) };
  });
}

/** Finds the lines of the pieces of an instruction, asked for in their order. */
export class InstructionLines {
  readonly #source: string;
  #at = 0;
  #line: number;

  constructor({ source, line }: Pick<DockerfileInstruction, "source" | "line">) {
    this.#source = source;
    this.#line = line;
  }

  /** The line on which the next such piece begins; that of the piece before where there is none. */
  lineOf(piece: string): number {
    const found = this.#source.indexOf(piece, this.#at);
    if (found < 0) return this.#line;
    for (
      let end = this.#source.indexOf("\n", this.#at);
      end >= 0 && end < found;
      end = this.#source.indexOf("\n", end + 1)
    )
      this.#line++;
    this.#at = found;
    return this.#line;
  }
}
