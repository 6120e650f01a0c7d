import { z } from "zod";

/** What an organisation decides for all checks: thresholds, what it trusts and its sensitivity levels. Part of the policy file. */
export const Settings = z.strictObject({
  /** SP 800-190 §4.1.1: CVSS base score (0 to 10) from which a vulnerability in an image fails. */
  cvssThreshold: z.number().min(0).max(10).default(7),
  /** SP 800-190 §4.1.2, §4.2.2: days after which an image counts as stale. */
  maxImageAgeDays: z.number().int().positive().default(90),
  /** SP 800-190 §4.1.5: registries that images may come from, as host[:port][/prefix]. Empty: not decided, so what depends on it is unknown. */
  trustedRegistries: z.array(z.string()).default([]),
  /** SP 800-190 §4.1.2: base images that may be built on, as repository names; `*` stands for any run of characters. */
  trustedBases: z.array(z.string()).default([]),
  /** SP 800-190 §4.3.4: the label that carries a workload's or node's sensitivity level. */
  sensitivityLabel: z.string().default("plimsoll.io/sensitivity"),
  /** SP 800-190 §4.3.4: the levels in use, least sensitive first. */
  sensitivityLevels: z.array(z.string()).default([]),
  /** Roles of the host, overriding what is detected: docker, containerd, kubernetes-worker, bare-metal … */
  hostRoles: z.array(z.string()).optional(),
});
/** What an organisation decides for all checks. */
export type Settings = z.output<typeof Settings>;

/** The settings of someone who decided nothing. */
export const defaultSettings: Settings = Settings.parse({});
