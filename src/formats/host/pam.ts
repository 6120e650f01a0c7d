import { corrupt } from "../../core/errors.ts";

/** One module of a PAM stack (pam.conf(5)). */
export interface PamLine {
  readonly type: "auth" | "account" | "password" | "session";
  /** `required`, `requisite`, `sufficient`, `optional`, `include`, `substack`, or the text within brackets. */
  readonly control: string;
  /** File name of the module, or the service that is included. */
  readonly module: string;
  readonly arguments: readonly string[];
  /** A leading minus: a missing module is not logged. */
  readonly optionalModule: boolean;
}
/** An `@include` line of Debian: all types of another service. */
export interface PamInclude {
  readonly include: string;
}

/** Reads a file of /etc/pam.d; types and controls are written in any case. Throws `CORRUPT_INPUT` with the 1-based line for one that is none. */
export function parsePam(text: string, name: string): (PamLine | PamInclude)[] {
  const lines: (PamLine | PamInclude)[] = [];
  for (const { line, number } of joined(text)) {
    const include = /^@include\s+(\S+)$/.exec(line);
    if (include) {
      lines.push({ include: include[1]! });
      continue;
    }
    const [, minus, type, bracket, word, module, rest] =
      /^(-?)(auth|account|password|session)\s+(?:\[([^\]]*)\]|([^\s[]\S*))\s+(\S+)(?:\s+(.*))?$/i.exec(line) ?? [];
    if (type === undefined || module === undefined) throw corrupt(name, `line ${number} is no rule of a PAM stack`);
    lines.push({
      type: type.toLowerCase() as PamLine["type"],
      control: bracket === undefined ? word!.toLowerCase() : bracket.trim(),
      module: module.split("/").at(-1)!,
      arguments: rest?.match(/\[(?:[^\]\\]|\\.)*\]|\S+/g) ?? [],
      optionalModule: minus === "-",
    });
  }
  return lines;
}

function joined(text: string): { line: string; number: number }[] {
  const lines: { line: string; number: number }[] = [];
  let open = "";
  for (const [index, raw] of text.split("\n").entries()) {
    const part = raw.replace(/#.*$/, "").trim();
    if (part.endsWith("\\")) {
      open += `${part.slice(0, -1)} `;
      continue;
    }
    const line = (open + part).trim();
    open = "";
    if (line !== "") lines.push({ line, number: index + 1 });
  }
  return lines;
}
