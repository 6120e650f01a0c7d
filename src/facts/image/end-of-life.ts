import { defineFact } from "../../core/fact.ts";
import { EndOfLife } from "../end-of-life.ts";

/** Until when the image's distribution is maintained. Derived. */
export const imageEndOfLife = defineFact({
  id: "image/end-of-life",
  summary: "until when the image's distribution is maintained",
  obtain: "give advisory data with end-of-life dates: --advisories PATH",
  schema: EndOfLife,
});
