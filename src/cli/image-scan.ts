import type { ImageOrigin, ReadImage } from "../collectors/image-reader.ts";
import type { SourceImage } from "../collectors/image-source.ts";
import type { Assessment } from "../core/assessment.ts";
import type { Progress } from "./progress.ts";

/** What to look for malware with besides Plimsoll's own rules. */
export interface ScanSources {
  readonly rules?: readonly string[] | undefined;
  readonly hashes?: readonly string[] | undefined;
  /** Address of a ClamAV daemon. */
  readonly clamd?: string | undefined;
}

/** The reading of images in one run, by the same engines, and the storing of what was read. */
export interface ImageScan {
  read(image: SourceImage, origin: ImageOrigin, update: (text: string) => void): Promise<ReadImage>;
  /** Keeps what was read with what failed of it, for `rescan`. */
  store(assessment: Assessment): Promise<void>;
}

/** Makes ready to read images. Throws `CONFIG_INVALID` for rules, lists or an address that cannot be used, before anything is read. */
export async function openImageScan(options: {
  readonly malware?: ScanSources | undefined;
  readonly cache: boolean;
  readonly progress: Progress;
}): Promise<ImageScan> {
  const { malware = {}, cache, progress } = options;
  const [
    { readImage },
    { imageCollectors },
    { malwareCollector },
    { openMalwareEngines },
    { cacheFolder },
    { StoredImages, storedImagesFolder },
    { AnalysisWorkers, workersAskedFor },
    { historyObservation, storeImages },
  ] = await Promise.all([
    import("../collectors/image-reader.ts"),
    import("../collectors/image/index.generated.ts"),
    import("../collectors/image/malware.ts"),
    import("../collectors/malware-engines.ts"),
    import("../collectors/image-sources.ts"),
    import("../collectors/stored-images.ts"),
    import("../collectors/analysis-workers.ts"),
    import("./stored-assessment.ts"),
  ]);
  const engines = openMalwareEngines({ ...malware, clamav: await clamavOf(malware.clamd) });
  const collectors = new Map(imageCollectors).set("malware", malwareCollector({}, engines));
  const asked = workersAskedFor(process.env);
  // A daemon is asked by this thread alone, and a program that runs from its sources has no file for a thread to start from.
  const workers =
    malware.clamd !== undefined || import.meta.url.endsWith(".ts")
      ? undefined
      : new AnalysisWorkers({ rules: malware.rules, count: asked, ...(asked === undefined ? {} : { patience: 0 }) });
  const images: ReadImage[] = [];
  const folder = cache ? cacheFolder({}) : undefined;
  const shelf = folder === undefined ? undefined : new StoredImages(storedImagesFolder(folder));
  return {
    async read(image, origin, update) {
      const read = await readImage(image, origin, collectors, update, workers);
      const history = await historyObservation(shelf, read.target.subject, new Date().toISOString());
      const whole = { ...read, observations: [...read.observations, history] };
      images.push(whole);
      return whole;
    },
    async store(assessment) {
      if (folder === undefined || images.length === 0) return;
      const problem = await storeImages(images, assessment, engines.ruleVersion, folder);
      if (problem !== undefined) progress.note(`plimsoll: ${problem}`);
    },
  };
}

async function clamavOf(address: string | undefined) {
  if (address === undefined) return undefined;
  const { openClamav } = await import("../collectors/clamav-engine.ts");
  return openClamav(address);
}
