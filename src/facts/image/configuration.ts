import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** One step of an image's history, oldest first (OCI image configuration). */
export const HistoryStep = z.object({
  createdBy: z.string().optional(),
  created: z.string().optional(),
  comment: z.string().optional(),
  emptyLayer: z.boolean().default(false),
  /** Index of the layer that the step made; absent for steps that made none. */
  layer: z.number().optional(),
});

/** How a container of the image will be started. Secret values are masked before they get here. */
export const imageConfiguration = defineFact({
  id: "image/configuration",
  summary: "the image's configuration",
  obtain: "plimsoll assess image REFERENCE",
  schema: z.object({
    user: z.string().default(""),
    env: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
    entrypoint: z.array(z.string()).default([]),
    cmd: z.array(z.string()).default([]),
    workingDir: z.string().default(""),
    exposedPorts: z.array(z.string()).default([]),
    volumes: z.array(z.string()).default([]),
    labels: z.record(z.string(), z.string()).default({}),
    healthcheck: z.array(z.string()).optional(),
    onBuild: z.array(z.string()).default([]),
    shell: z.array(z.string()).default([]),
    stopSignal: z.string().optional(),
    author: z.string().optional(),
    history: z.array(HistoryStep).default([]),
  }),
});
