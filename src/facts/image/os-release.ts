import { defineFact } from "../../core/fact.ts";
import { OsRelease } from "../os-release.ts";

/** The distribution that the image's files say they are. */
export const imageOsRelease = defineFact({
  id: "image/os-release",
  summary: "the image's distribution (os-release)",
  obtain: "plimsoll assess image REFERENCE",
  schema: OsRelease,
});
