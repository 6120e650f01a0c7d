import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { imagePackages } from "../../facts/image/packages.ts";

export default defineCheck({
  title: "Part of the image could not be looked into",
  severity: "medium",
  clauses: ["4.1.1-c"],
  why: "What no scanner can read, no advisory can be held against: a base, a framework or your own program may hide behind it.",
  fix: "Repair or remove the damaged files, or attach an SBOM that names what they hold.",
  needs: { inventory: imagePackages },
  evaluate({ inventory }) {
    const { packages, unread, databases } = inventory;
    if (packages.length === 0 && unread.length === 0)
      return unknown(
        "nothing in the image says what is installed",
        "keep the package database in the image, or attach an SBOM",
      );
    const layers = new Set(packages.map((one) => one.layer)).size;
    return failEach(
      unread.map(({ path, layer, reason }) => ({
        at: path,
        found: reason,
        expected: "a readable package source",
        key: path,
        layer,
      })),
      {
        at: databases.join(", ") || "package metadata",
        found: `${packages.length} packages in ${layers} ${layers === 1 ? "layer" : "layers"}, every source read`,
      },
    );
  },
  examples: {
    pass: [{ inventory: { packages: [musl()], databases: ["apk /lib/apk/db/installed"] } }],
    fail: [
      {
        inventory: {
          packages: [musl()],
          databases: [],
          unread: [{ path: "/var/lib/rpm/Packages", reason: "ends at byte 4096" }],
        },
      },
    ],
    unknown: [{ inventory: { packages: [], databases: [] } }],
  },
});

function musl() {
  return {
    name: "musl",
    version: "1.1.24-r2",
    type: "apk",
    purl: "pkg:apk/alpine/musl@1.1.24-r2",
    foundIn: ["/lib/apk/db/installed"],
    layer: 0,
  };
}
