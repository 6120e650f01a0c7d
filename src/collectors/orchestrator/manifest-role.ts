import { defineCollector } from "../../core/collector.ts";
import { AppError } from "../../core/errors.ts";
import { subject } from "../../core/subject.ts";
import { role } from "../../facts/orchestrator/role.ts";
import { rolesOf } from "../../formats/kubernetes/roles.ts";
import type { ManifestSet } from "../manifest-set.ts";

/** Roles with who is bound to them. */
export default defineCollector<ManifestSet, typeof role.schema>({
  reads: "manifests",
  provides: role,
  *collect(set) {
    try {
      for (const value of rolesOf(set.objects)) {
        const place = value.namespace === undefined ? [] : ["namespace", value.namespace];
        const kind = value.kind === "Role" ? "role" : "cluster-role";
        yield {
          subject: subject("cluster", set.name, ...place, kind, value.name),
          source: value.origin.file ?? value.bindings[0]?.file ?? "API",
          value,
        };
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      yield {
        subject: set.subject,
        source: "manifests",
        unavailable: `the roles: ${error.message}`,
        remedy: "correct the manifest: the API server would refuse it",
      };
    }
    yield* set.unreadObservations();
  },
});
