import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Programs that get capabilities from their file. */
export const fileCapabilities = defineFact({
  id: "host/file-capabilities",
  summary: "which programs get capabilities from their file",
  obtain:
    "getcap -r / 2>/dev/null > host.capabilities, then plimsoll assess host --host-capabilities host.capabilities",
  schema: z.object({
    /** Name of the list that they were read from; it tells of the folders that whoever made it searched. */
    list: z.string(),
    programs: z.array(
      z.object({
        path: z.string(),
        /** Capabilities that the program gets, as `cap_net_raw`; `all` for every one. */
        capabilities: z.array(z.string()),
      }),
    ),
  }),
});
