import { generated } from "./catalog.generated.ts";
import type { Catalog } from "./schema.ts";

/** The catalogue that ships with Plimsoll, validated when it was generated from `catalog/*.yaml`: no file is read and nothing parsed at run time. */
export const catalog: Catalog = generated;
