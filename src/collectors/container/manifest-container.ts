import { defineCollector } from "../../core/collector.ts";
import { AppError } from "../../core/errors.ts";
import { subject } from "../../core/subject.ts";
import { container } from "../../facts/container/container.ts";
import { composeServices } from "../../formats/compose.ts";
import { containersOf } from "../../formats/kubernetes/containers.ts";
import type { ManifestSet } from "../manifest-set.ts";

/** Containers of Kubernetes objects and of compose files. */
export default defineCollector<ManifestSet, typeof container.schema>({
  reads: "manifests",
  provides: container,
  *collect(set) {
    for (const object of set.objects) {
      yield* set.describe(object, function* (read) {
        for (const value of containersOf(read)) {
          yield {
            subject: `${set.subjectOf(read)}/${subject("container", value.name)}`,
            source: read.file ?? "API",
            value,
          };
        }
      });
    }
    for (const { subject: place, file, document } of set.compose) {
      try {
        for (const service of composeServices(document, file)) {
          const about = `${place}/${subject("container", service.name)}`;
          if ("unread" in service)
            yield {
              subject: about,
              source: file,
              unavailable: `${file}: service ${service.name}: ${service.unread}`,
              remedy: "docker compose config > resolved.yaml",
            };
          else yield { subject: about, source: file, value: service };
        }
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        yield {
          subject: place,
          source: file,
          unavailable: `${file}: ${error.message}`,
          remedy: "docker compose config shows what is wrong",
        };
      }
    }
    yield* set.unreadObservations();
  },
});
