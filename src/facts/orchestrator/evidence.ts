import type { Evidence, Location } from "../../core/check.ts";

/** Where facts of the orchestrator keep the places that they were read from. */
export interface Origin {
  readonly file?: string | undefined;
  readonly lines?: Readonly<Record<string, number>> | undefined;
  readonly paths?: Readonly<Record<string, string>> | undefined;
}

/** Where a field of a workload or namespace was read: its path, and file and line where the source has them. A field that is not set points to the object. */
export function readFrom(origin: Origin, field: string): Pick<Evidence, "at" | "location"> {
  const at = origin.paths?.[field] ?? field;
  if (origin.file === undefined) return { at };
  const line = origin.lines?.[field] ?? origin.lines?.[""];
  const location: Location = line === undefined ? { file: origin.file } : { file: origin.file, line };
  return { at, location };
}
