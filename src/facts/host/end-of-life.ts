import { defineFact } from "../../core/fact.ts";
import { EndOfLife } from "../end-of-life.ts";

/** Until when the host's distribution is maintained. Derived. */
export const hostEndOfLife = defineFact({
  id: "host/end-of-life",
  summary: "until when the host's distribution is maintained",
  obtain: "give advisory data with end-of-life dates: --advisories PATH",
  schema: EndOfLife,
});
