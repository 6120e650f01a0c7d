/**
 * The text of a JSON object in pieces: together they are what `JSON.stringify(members, null, 2)` gives, and a newline. A member that is a generator
 * becomes a list whose elements are made when they are asked for, so that a list of any length needs the memory of one element.
 */
export function* jsonText(members: Readonly<Record<string, unknown>>): Generator<string> {
  let before = "{\n";
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue;
    yield `${before}  ${JSON.stringify(name)}: `;
    if (isGenerator(value)) yield* listText(value);
    else yield indented(value, "  ");
    before = ",\n";
  }
  yield before === "{\n" ? "{}\n" : "\n}\n";
}

function* listText(elements: Iterable<unknown>): Generator<string> {
  let before = "[\n";
  for (const element of elements) {
    yield `${before}    ${indented(element, "    ")}`;
    before = ",\n";
  }
  yield before === "[\n" ? "[]" : "\n  ]";
}

/** Line ends within texts are written as `\n`, so that each that stands there is one between members. */
function indented(value: unknown, indentation: string): string {
  return JSON.stringify(value, null, 2).replaceAll("\n", `\n${indentation}`);
}

function isGenerator(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value && !Array.isArray(value);
}
