/** The name of a detail in words: `fixedVersion` as `fixed version`. */
export function detailName(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, (_all, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}

/** A detail of evidence as text: lists with commas, objects as name and value, nothing for what is empty. */
export function detailText(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value))
    return value.map(detailText).join(value.some((item) => typeof item === "object") ? "; " : ", ");
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  return Object.entries(value)
    .map(([name, member]) => `${detailName(name)} ${detailText(member)}`)
    .join(", ");
}
