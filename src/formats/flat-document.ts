/** A parsed document as dotted names with JSON text values; arrays are values, a name that holds a dot is quoted: `plugins."io.containerd.grpc.v1.cri".sandbox`. */
export function flatDocument(document: unknown): Record<string, string> {
  const entries: [string, string][] = [];
  flatten(document, "", entries);
  return Object.fromEntries(entries);
}

function flatten(value: unknown, path: string, entries: [string, string][]): void {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    if (path !== "") entries.push([path, JSON.stringify(value) ?? "null"]);
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    const name = /[."]/.test(key) || key === "" ? JSON.stringify(key) : key;
    flatten(member, path === "" ? name : `${path}.${name}`, entries);
  }
}
