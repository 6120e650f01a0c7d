import { defineFact } from "../../core/fact.ts";
import { PackageInventory } from "../package.ts";

/** Everything installed on the host. */
export const hostPackages = defineFact({
  id: "host/packages",
  summary: "the packages on the host",
  obtain: "plimsoll assess host",
  schema: PackageInventory,
});
