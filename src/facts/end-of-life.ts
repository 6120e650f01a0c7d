import { z } from "zod";

/** When a product's release stops being maintained. */
export const EndOfLife = z.object({
  /** The product and release: `alpine 3.11`. */
  product: z.string(),
  release: z.string(),
  /** ISO 8601 date after which there are no security fixes; absent while none is set. */
  endsOn: z.string().optional(),
  /** True where the record says that support ended without naming the day. */
  ended: z.boolean().optional(),
  source: z.string(),
  /** ISO 8601 date of the data. */
  dataDate: z.string(),
});
/** When a product's release stops being maintained. */
export type EndOfLife = z.output<typeof EndOfLife>;
