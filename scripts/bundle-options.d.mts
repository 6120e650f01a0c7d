import type { BuildOptions } from "esbuild";

/** What all bundles of the program have in common. */
export const bundleOptions: BuildOptions;
