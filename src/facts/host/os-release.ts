import { defineFact } from "../../core/fact.ts";
import { OsRelease } from "../os-release.ts";

/** The distribution that the host runs. */
export const hostOsRelease = defineFact({
  id: "host/os-release",
  summary: "the host's distribution (os-release)",
  obtain: "plimsoll assess host",
  schema: OsRelease,
});
