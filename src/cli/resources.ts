import { readFile } from "node:fs/promises";
import type { VexStatement } from "../advisories/record.ts";
import type { AnalysisResources } from "../analysis/resources.ts";
import { AppError, messageOf } from "../core/errors.ts";
import type { Progress } from "./progress.ts";

interface ResourceOptions {
  readonly advisories?: string | undefined;
  readonly vex?: readonly string[] | undefined;
}

/** Opens what derivations look things up in: the advisory data that --advisories names and the statements of --vex, or nothing. */
export async function openResources(options: ResourceOptions, progress: Progress): Promise<AnalysisResources> {
  const vex = await Promise.all((options.vex ?? []).map(vexFrom));
  const path = options.advisories;
  if (path === undefined) return vex.length === 0 ? {} : { vex: vex.flat() };
  const { openAdvisories } = await import("../advisories/open.ts");
  const advisories = await progress.step(
    "advisories",
    path,
    (update) => openAdvisories(path, update),
    (store) => `${path} of ${store.stamp.date.slice(0, 10)}`,
  );
  return { advisories, vex: vex.flat() };
}

async function vexFrom(path: string): Promise<VexStatement[]> {
  const { readVex } = await import("../advisories/vex/read-vex.ts");
  try {
    return readVex(await readFile(path, "utf8"), path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("CONFIG_INVALID", `cannot read VEX document ${path}: ${messageOf(error)}`, {
      hint: "name an OpenVEX, CycloneDX or CSAF document",
      cause: error,
    });
  }
}
