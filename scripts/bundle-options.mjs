/* What all bundles of the program have in common. */
export const bundleOptions = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  minifySyntax: true,
  logLevel: "warning",
  // Looked for at run time and done without where it is not installed.
  external: ["@litko/yara-x"],
  // Packages written for require() find it here.
  banner: {
    js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
  },
};
