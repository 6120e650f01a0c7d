import { alpineSecdb, rollingSecdbs } from "./alpine-secdb.ts";
import { amazon } from "./amazon.ts";
import { arch } from "./arch.ts";
import { azureOval } from "./azure-oval.ts";
import { cveEnrichment, nvdOverrides } from "./cpe-ranges.ts";
import { csafVex } from "./csaf-vex.ts";
import { debianJson } from "./debian-json.ts";
import { debianLists } from "./debian-lists.ts";
import { debianOsv } from "./debian-osv.ts";
import { endOfLife } from "./end-of-life.ts";
import { exploitPrediction } from "./exploit-prediction.ts";
import type { Feed } from "./feed.ts";
import { goVulndb } from "./go-vulndb.ts";
import { knownExploited } from "./known-exploited.ts";
import { nodeCore } from "./node-core.ts";
import { oracleOval } from "./oracle-oval.ts";
import {
  almalinux,
  bitnami,
  githubFeeds,
  maliciousPackages,
  otherOsvFeeds,
  plainOsv,
  pypa,
  redhatOsv,
  rocky,
} from "./osv-feeds.ts";
import { photon } from "./photon.ts";
import { kubernetesFeed, kubernetesList, psf, repositoryToCpe } from "./programs.ts";
import { redhatCsaf } from "./redhat-csaf.ts";
import { rubysec } from "./ruby.ts";
import { rustsec } from "./rust.ts";
import { suseCsaf } from "./suse-csaf.ts";
import { suseOval } from "./suse-oval.ts";
import { ubuntuTracker } from "./ubuntu.ts";
import { ubuntuOsv } from "./ubuntu-osv.ts";
import { updateinfo } from "./updateinfo.ts";
import { vexHub } from "./vex-hub.ts";
import { vulnrichment } from "./vulnrichment.ts";

/** Every feed that can be read, the general ones last. */
export const feeds: readonly Feed[] = [
  alpineSecdb,
  ...rollingSecdbs,
  debianOsv,
  debianJson,
  debianLists,
  ubuntuTracker,
  ubuntuOsv,
  redhatOsv,
  redhatCsaf,
  repositoryToCpe,
  almalinux,
  rocky,
  amazon,
  oracleOval,
  suseCsaf,
  suseOval,
  azureOval,
  updateinfo,
  arch,
  photon,
  ...githubFeeds,
  maliciousPackages,
  goVulndb,
  pypa,
  rustsec,
  rubysec,
  bitnami,
  ...otherOsvFeeds,
  nodeCore,
  psf,
  kubernetesFeed,
  kubernetesList,
  nvdOverrides,
  cveEnrichment,
  vexHub,
  csafVex,
  vulnrichment,
  knownExploited,
  exploitPrediction,
  endOfLife,
  plainOsv,
];
