import { z } from "zod";

/** One installed package as its package database or its own metadata describes it. */
export const Package = z.object({
  name: z.string(),
  version: z.string(),
  /** Package URL type: `deb`, `apk`, `rpm`, `npm`, `pypi`, `maven`, `golang`, `cargo`, `gem`, `nuget`, `composer`, `generic` … */
  type: z.string(),
  /** Package URL, with distro, arch, epoch and upstream qualifiers where they apply. */
  purl: z.string(),
  architecture: z.string().optional(),
  /** What advisories of a distribution name: the source package or origin. Equal to the package's own where nothing else is said. */
  sourceName: z.string().optional(),
  sourceVersion: z.string().optional(),
  /** Who built it: maintainer, vendor or packager as written. */
  vendor: z.string().optional(),
  licenses: z.array(z.string()).default([]),
  /** rpm modularity label: `nodejs:12:…`. */
  module: z.string().optional(),
  /** Paths of the files that it was found by. */
  foundIn: z.array(z.string()),
  /** Index of the layer that installed this version, from 0; absent outside images. */
  layer: z.number().optional(),
  /** Number of files it owns, where its database lists them. */
  fileCount: z.number().optional(),
  /** Package URL of the distribution package that owns the files of this one. */
  ownedBy: z.string().optional(),
  /** How sure the identification is: databases and own metadata are `high`, guesses from bytes are `low`. */
  confidence: z.enum(["high", "medium", "low"]).default("high"),
  /** Anything else that matching needs: `repositories`, `goToolchain`, `build-flavour`. */
  properties: z.record(z.string(), z.string()).default({}),
});
/** One installed package. */
export type Package = z.output<typeof Package>;

/** A file that should have told about packages but could not be read. */
export const UnreadPackageSource = z.object({ path: z.string(), layer: z.number().optional(), reason: z.string() });

/** What is installed, and what could not be read about it. */
export const PackageInventory = z.object({
  packages: z.array(Package),
  unread: z.array(UnreadPackageSource).default([]),
  /** Package databases that were found, as `dpkg /var/lib/dpkg/status`. */
  databases: z.array(z.string()),
});
/** What is installed, and what could not be read about it. */
export type PackageInventory = z.output<typeof PackageInventory>;
