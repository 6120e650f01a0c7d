import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** The accounts that the image's /etc/passwd names; what the configuration's user is looked up in when a container starts. */
export const imageAccounts = defineFact({
  id: "image/accounts",
  summary: "the accounts of the image (/etc/passwd)",
  obtain: "plimsoll assess image REFERENCE",
  schema: z.object({
    /** False where the image has no /etc/passwd: then only numbers are users. */
    present: z.boolean(),
    /** False where nothing shows whether it has one: of an image that is only described by its Dockerfile. */
    isKnown: z.boolean().default(true),
    users: z.array(z.object({ name: z.string(), uid: z.number(), gid: z.number(), shell: z.string() })),
  }),
});
