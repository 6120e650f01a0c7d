/** JSON with sorted object keys and no white space: the same value always gives the same bytes (the idea of RFC 8785). `undefined` members are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? "null";
}

/** JSON with sorted object keys, indented by two spaces and ended by a newline. */
export function prettyJson(value: unknown): string {
  return `${JSON.stringify(sorted(value), null, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  entries.sort(([a], [b]) => compareText(a, b));
  // fromEntries defines own members, so a key such as __proto__ stays data.
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}

/** Orders text by code unit: the same on every machine, unlike localeCompare. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
