import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** When the image was looked at for malware and vulnerabilities, by what this machine keeps of its assessments. */
export const imageAssessmentHistory = defineFact({
  id: "image/assessment-history",
  summary: "when the image was assessed before",
  obtain: "assess the image with what is kept (without --no-cache), and run plimsoll rescan by a timer",
  schema: z.object({
    /** ISO 8601, oldest first, this run included. */
    assessed: z.array(z.iso.datetime()),
  }),
});
