import type { Evidence, Location } from "../../core/check.ts";
import type { Container } from "./container.ts";

/** Where a field of the container was read: the path that its source uses, and file and line where it has them. A field that is not set points to the container. */
export function seenIn(container: Container, field: string): Pick<Evidence, "at" | "location"> {
  const { file, lines, paths } = container.origin;
  const at = paths[field] ?? (field === "" ? container.name : field);
  if (file === undefined) return { at };
  const line = lines[field] ?? lines[""];
  const location: Location = line === undefined ? { file } : { file, line };
  return { at, location };
}
