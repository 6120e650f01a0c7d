import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Whether a part of a file lies below a folder. */
function isBegun(folder: string): boolean {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .some(
      (name) =>
        name.endsWith(".part") && statSync(join(folder, name)).isFile() && statSync(join(folder, name)).size > 0,
    );
}

/** Fetches from a server that cuts off until a part of a file is there: on a slow machine a connection may end before anything was taken from it. */
export async function untilBegun<T>(folder: string, fetch: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const result = await fetch();
    if (isBegun(folder)) return result;
    if (attempt === 50) throw new Error("nothing was begun");
  }
}
