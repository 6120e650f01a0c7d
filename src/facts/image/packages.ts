import { defineFact } from "../../core/fact.ts";
import { PackageInventory } from "../package.ts";

/** Everything installed in the image, layer by layer. */
export const imagePackages = defineFact({
  id: "image/packages",
  summary: "the packages in the image",
  obtain: "plimsoll assess image REFERENCE",
  schema: PackageInventory,
});
