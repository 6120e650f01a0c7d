import { z } from "zod";
import { defineFact } from "../../core/fact.ts";
import { FilePlace } from "./place.ts";

/** One step of an image's history, oldest first (OCI image configuration). */
export const HistoryStep = z.object({
  createdBy: z.string().optional(),
  created: z.string().optional(),
  comment: z.string().optional(),
  emptyLayer: z.boolean().default(false),
  /** Index of the layer that the step made; absent for steps that made none. */
  layer: z.number().optional(),
  /** Where the step stands in a Dockerfile, its first line; absent for a step that was read from an image's history. */
  location: FilePlace.optional(),
  /** The name or number of the Dockerfile's build stage that it belongs to, where the stage itself does not get into the image. */
  buildStage: z.string().optional(),
});
/** One step of an image's history, or one instruction of the Dockerfile that makes it. */
export type HistoryStep = z.output<typeof HistoryStep>;

/** A setting that a Dockerfile leaves to its base or to the build: why it is not known, and what would make it known. */
export const OpenSetting = z.object({
  setting: z.enum(["user", "env", "entrypoint", "cmd", "exposedPorts", "volumes", "labels", "healthcheck"]),
  reason: z.string(),
  remedy: z.string(),
  location: FilePlace.optional(),
});
/** The name of a setting that may be left open. */
export type OpenSettingName = z.output<typeof OpenSetting>["setting"];

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
    /** What a Dockerfile leaves open; empty for a built image, whose configuration is all there is. A setting may be open and have values: what the base adds to them is not known. */
    open: z.array(OpenSetting).default([]),
    /** Where a Dockerfile makes a setting, by its name (`user`, `healthcheck`, `port 80/tcp`, `label NAME`). */
    places: z.record(z.string(), FilePlace).default({}),
  }),
});
