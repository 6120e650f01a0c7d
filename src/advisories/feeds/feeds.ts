import { alpineSecdb } from "./alpine-secdb.ts";
import { amazon } from "./amazon.ts";
import { arch } from "./arch.ts";
import { cveEnrichment, nvdOverrides } from "./cpe-ranges.ts";
import { debianLists } from "./debian-lists.ts";
import { debianOsv } from "./debian-osv.ts";
import { endOfLife } from "./end-of-life.ts";
import { exploitPrediction } from "./exploit-prediction.ts";
import type { Feed } from "./feed.ts";
import { knownExploited } from "./known-exploited.ts";
import { nodeCore } from "./node-core.ts";
import {
  almalinux,
  bitnami,
  githubFeeds,
  goVulndb,
  maliciousPackages,
  plainOsv,
  pypa,
  redhatOsv,
  rocky,
} from "./osv-feeds.ts";
import { photon } from "./photon.ts";
import { kubernetesFeed, kubernetesList, psf, repositoryToCpe } from "./programs.ts";
import { rubysec } from "./ruby.ts";
import { rustsec } from "./rust.ts";
import { ubuntuTracker } from "./ubuntu.ts";
import { vexHub } from "./vex-hub.ts";

/** Every feed that can be read, the general ones last. */
export const feeds: readonly Feed[] = [
  alpineSecdb,
  debianOsv,
  debianLists,
  ubuntuTracker,
  redhatOsv,
  repositoryToCpe,
  almalinux,
  rocky,
  amazon,
  arch,
  photon,
  ...githubFeeds,
  maliciousPackages,
  goVulndb,
  pypa,
  rustsec,
  rubysec,
  bitnami,
  nodeCore,
  psf,
  kubernetesFeed,
  kubernetesList,
  nvdOverrides,
  cveEnrichment,
  vexHub,
  knownExploited,
  exploitPrediction,
  endOfLife,
  plainOsv,
];
