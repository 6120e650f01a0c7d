import { rmSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { VexStatement } from "../advisories/record.ts";
import type { AnalysisResources } from "../analysis/resources.ts";
import { AppError, messageOf } from "../core/errors.ts";
import type { Progress } from "./progress.ts";

interface ResourceOptions {
  readonly advisories?: string | undefined;
  readonly vex?: readonly string[] | undefined;
  readonly pendingUpdates?: boolean | undefined;
  readonly archiveMirror?: readonly string[] | undefined;
  readonly offline?: boolean | undefined;
}

/** Opens what derivations look things up in: the advisory data that --advisories names and the statements of --vex, or nothing. */
export async function openResources(options: ResourceOptions, progress: Progress): Promise<AnalysisResources> {
  const archives = options.pendingUpdates === true ? await openArchives(options) : {};
  return { ...(await openStatements(options, progress)), ...archives };
}

async function openArchives({
  archiveMirror = [],
  offline,
}: ResourceOptions): Promise<Pick<AnalysisResources, "packageArchives">> {
  const [{ AptArchives }, { proxyDispatcher }, { layerCacheFolder }] = await Promise.all([
    import("../advisories/sources/package-archives.ts"),
    import("../clients/feed-fetch.ts"),
    import("../collectors/layer-cache.ts"),
  ]);
  const layers = layerCacheFolder(process.env);
  const folder = layers === undefined ? await mkdtemp(join(tmpdir(), "plimsoll-")) : join(dirname(layers), "archives");
  if (layers === undefined) process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const mirrors = new Map(archiveMirror.map(mirrorFrom));
  return { packageArchives: new AptArchives({ folder, mirrors, dispatcher: proxyDispatcher(), offline }) };
}

function mirrorFrom(text: string): readonly [archive: string, address: string] {
  const [, archive, address] = /^(.+?)=(https?:\/\/.+)$/.exec(text) ?? [];
  if (archive !== undefined && address !== undefined) return [archive.replace(/\/+$/, ""), address];
  throw new AppError("USAGE", `--archive-mirror ${text}: is not written archive=address`, {
    hint: "for example --archive-mirror deb.debian.org=https://mirror.example",
  });
}

async function openStatements(options: ResourceOptions, progress: Progress): Promise<AnalysisResources> {
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
