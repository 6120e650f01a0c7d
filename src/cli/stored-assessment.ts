import type { ReadImage } from "../collectors/image-reader.ts";
import { type StoredImage, StoredImages, storedImagesFolder } from "../collectors/stored-images.ts";
import type { Assessment } from "../core/assessment.ts";
import { Missing, type Observation, type Snapshot } from "../core/snapshot.ts";
import { imageAssessmentHistory } from "../facts/image/assessment-history.ts";

/** Stores what images gave and what failed of them, so that `rescan` can judge them again. Answers why it could not, where it could not. */
export async function storeImages(
  images: readonly ReadImage[],
  assessment: Assessment,
  ruleVersion: number,
  layerFolder: string,
): Promise<string | undefined> {
  const shelf = new StoredImages(storedImagesFolder(layerFolder));
  for (const { target, layers } of images) {
    await shelf.write({
      target: { ...target, kind: "image" },
      ...assessed(assessment, target.subject),
      ruleVersion,
      layers: layers.map(({ diffId, digest, key }) => ({
        diffId,
        ...(digest === undefined ? {} : { digest }),
        ...(key === undefined ? {} : { key }),
      })),
    });
  }
  return shelf.problem;
}

/** The part of an assessment that is about one image: when, by what data, and before, all observations, and the fingerprints of what failed. */
export function assessed(
  assessment: Assessment,
  about: string,
): Pick<StoredImage, "assessed" | "history" | "advisories" | "observations" | "failures"> {
  const snapshot: Snapshot = assessment.snapshot;
  const { created, advisories, observations } = snapshot.content;
  const history = snapshot.find(imageAssessmentHistory, about);
  return {
    assessed: created,
    history: history instanceof Missing ? [created] : history.assessed,
    ...(advisories === undefined ? {} : { advisories }),
    observations: observations.filter(({ subject }) => isWithin(subject, about)) as StoredImage["observations"],
    failures: assessment.findings
      .filter(({ status, subject }) => status === "fail" && isWithin(subject, about))
      .map(({ fingerprint }) => fingerprint),
  };
}

/** When an image was assessed before and now, as a fact about it. */
export async function historyObservation(
  shelf: StoredImages | undefined,
  about: string,
  now: string,
): Promise<Observation> {
  const { id: fact, obtain: remedy } = imageAssessmentHistory;
  const source = "assessments kept on this machine";
  if (shelf === undefined) return { fact, subject: about, source, unavailable: "nothing is kept between runs", remedy };
  return { fact, subject: about, source, value: { assessed: await shelf.historyOf(about, now) } };
}

function isWithin(subject: string, about: string): boolean {
  return subject === about || subject.startsWith(`${about}/`);
}
