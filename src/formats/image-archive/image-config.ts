import { z } from "zod";
import { corrupt } from "../../core/errors.ts";
import { digestPattern, parseDocument } from "./image-document.ts";

/** One step of an image's history (OCI image-spec config.md, `history`). */
export interface HistoryEntry {
  created?: string;
  createdBy?: string;
  author?: string;
  comment?: string;
  /** Whether the step added no layer. */
  emptyLayer: boolean;
}

/** A health check as Docker writes it; durations are in nanoseconds. */
export interface Healthcheck {
  /** `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", command]`. */
  test: string[];
  interval?: number;
  timeout?: number;
  startPeriod?: number;
  retries?: number;
}

/** An image's configuration (OCI image-spec config.md, with Docker's additions). Lists are empty where nothing is set. */
export interface ImageConfig {
  os: string;
  architecture: string;
  variant?: string;
  created?: string;
  author?: string;
  user?: string;
  env: string[];
  entrypoint?: string[];
  cmd?: string[];
  shell?: string[];
  /** Such as `443/tcp`, sorted. */
  exposedPorts: string[];
  /** Paths, sorted. */
  volumes: string[];
  workingDir?: string;
  labels: Record<string, string>;
  healthcheck?: Healthcheck;
  stopSignal?: string;
  onBuild: string[];
  history: HistoryEntry[];
  rootfs: { diffIds: string[] };
}

const text = z.string().nullish();
const number = z.number().nullish();
const texts = z.array(z.string()).nullish();
const digests = z.array(z.string().regex(digestPattern, "is not a sha256 or sha512 digest")).nullish();
/** Docker of old wrote a single word without its list. */
const words = z.union([z.array(z.string()), z.string().transform((word) => [word])]).nullish();
const keys = z.record(z.string(), z.unknown()).nullish();

/** Keys in lower case: the runtimes' JSON reader does not tell `User` from `user`, and neither may we. */
const configSchema = z.object({
  os: text,
  architecture: text,
  variant: text,
  created: text,
  author: text,
  config: z.preprocess(
    lowerKeys,
    z
      .object({
        user: text,
        env: texts,
        entrypoint: words,
        cmd: words,
        shell: words,
        exposedports: keys,
        volumes: keys,
        workingdir: text,
        labels: z.record(z.string(), z.string()).nullish(),
        healthcheck: z.preprocess(
          lowerKeys,
          z.object({ test: words, interval: number, timeout: number, startperiod: number, retries: number }).nullish(),
        ),
        stopsignal: text,
        onbuild: texts,
      })
      .nullish(),
  ),
  history: z
    .array(
      z.preprocess(
        lowerKeys,
        z.object({ created: text, created_by: text, author: text, comment: text, empty_layer: z.boolean().nullish() }),
      ),
    )
    .nullish(),
  rootfs: z.preprocess(lowerKeys, z.object({ diff_ids: digests }).nullish()),
});

type WrittenConfig = z.output<typeof configSchema>;

/**
 * Reads an image configuration. Absent and null fields are left out; a field of another type is `CORRUPT_INPUT`, since a
 * setting that cannot be read must not count as one that is not set.
 */
export function parseImageConfig(bytes: Uint8Array, what: string): ImageConfig {
  const parsed = configSchema.safeParse(lowerKeys(parseDocument(bytes, what)));
  if (!parsed.success) throw corrupt(what, `not an image configuration: ${z.prettifyError(parsed.error)}`);
  return imageConfig(parsed.data);
}

function imageConfig(written: WrittenConfig): ImageConfig {
  const run = written.config ?? {};
  return {
    os: written.os || "unknown",
    architecture: written.architecture || "unknown",
    ...present({ variant: written.variant, created: written.created, author: written.author }),
    ...present({ user: run.user, workingDir: run.workingdir, stopSignal: run.stopsignal }),
    ...present({ entrypoint: run.entrypoint, cmd: run.cmd, shell: run.shell }),
    ...(run.healthcheck ? { healthcheck: healthcheck(run.healthcheck) } : {}),
    env: run.env ?? [],
    exposedPorts: Object.keys(run.exposedports ?? {}).sort(),
    volumes: Object.keys(run.volumes ?? {}).sort(),
    labels: run.labels ?? {},
    onBuild: run.onbuild ?? [],
    history: (written.history ?? []).map(historyEntry),
    rootfs: { diffIds: written.rootfs?.diff_ids ?? [] },
  };
}

function healthcheck(written: NonNullable<NonNullable<WrittenConfig["config"]>["healthcheck"]>): Healthcheck {
  return {
    test: written.test ?? [],
    ...present({
      interval: written.interval,
      timeout: written.timeout,
      startPeriod: written.startperiod,
      retries: written.retries,
    }),
  };
}

function historyEntry(written: NonNullable<WrittenConfig["history"]>[number]): HistoryEntry {
  return {
    ...present({
      created: written.created,
      createdBy: written.created_by,
      author: written.author,
      comment: written.comment,
    }),
    emptyLayer: written.empty_layer ?? false,
  };
}

/** The fields that are set; an empty text is how some writers say "not set". */
function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const set = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return Object.fromEntries(set) as { [K in keyof T]?: NonNullable<T[K]> };
}

function lowerKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toLowerCase(), item]));
}
