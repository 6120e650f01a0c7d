import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = process.env["PLIMSOLL_SHARED_DATA"] ?? fileURLToPath(new URL("../../shared/data", import.meta.url));

/** The path of a set of real inputs beside the project, or undefined where it is absent; `PLIMSOLL_SHARED_DATA` names another folder. */
export function sharedData(name: string): string | undefined {
  const path = `${root}/${name}`;
  return existsSync(path) ? path : undefined;
}
