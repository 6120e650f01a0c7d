import { maintenanceOf } from "../advisories/matching/release-life.ts";
import type { Fact } from "../core/fact.ts";
import { Missing, type Observation, type Snapshot } from "../core/snapshot.ts";
import type { EndOfLife } from "../facts/end-of-life.ts";
import type { OsRelease } from "../facts/os-release.ts";
import type { AnalysisResources } from "./resources.ts";

/** For each subject whose distribution was sought, until when it is maintained, or why that is not known. */
export function* endOfLifeObservations(
  osRelease: Fact<typeof OsRelease>,
  endOfLife: Fact<typeof EndOfLife>,
  snapshot: Snapshot,
  { advisories }: AnalysisResources,
): Iterable<Observation> {
  for (const subject of snapshot.subjectsOf(osRelease)) {
    const found = snapshot.find(osRelease, subject);
    if (found instanceof Missing) {
      yield { fact: endOfLife.id, subject, source: "distribution", unavailable: found.reason, remedy: found.remedy };
      continue;
    }
    const maintenance = maintenanceOf(found, advisories);
    if (!maintenance.known) {
      yield {
        fact: endOfLife.id,
        subject,
        source: "end-of-life data",
        unavailable: maintenance.reason,
        remedy: maintenance.remedy,
      };
      continue;
    }
    const { known: _known, ...life } = maintenance;
    yield {
      fact: endOfLife.id,
      subject,
      source: life.source,
      value: { ...life, dataDate: advisories?.releasesDate ?? snapshot.content.created },
    };
  }
}
