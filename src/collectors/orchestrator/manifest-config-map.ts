import { defineCollector } from "../../core/collector.ts";
import { configMap } from "../../facts/orchestrator/config-map.ts";
import { defaultNamespace } from "../../formats/kubernetes/workloads.ts";
import { looksSecret } from "../../formats/secret-looking.ts";
import type { ManifestSet } from "../manifest-set.ts";

/** ConfigMaps: which of their keys hold what looks like a secret. */
export default defineCollector<ManifestSet, typeof configMap.schema>({
  reads: "manifests",
  provides: configMap,
  *collect(set) {
    for (const object of set.objects) {
      if (object.kind !== "ConfigMap") continue;
      yield* set.describe(object, function* (read) {
        const keys = read.fields
          .at("data")
          .entries()
          .map(([key, field]) => ({ key, looksSecret: holdsSecret(key, field.text() ?? ""), line: read.line(field) }));
        yield {
          subject: set.subjectOf(read),
          source: read.file ?? "API",
          value: { name: read.name, namespace: read.namespace ?? defaultNamespace, keys, file: read.file },
        };
      });
    }
  },
});

/** A whole configuration file in one key is judged line by line: `name=value`, `name: value`. */
function holdsSecret(key: string, text: string): boolean {
  if (looksSecret(key, text)) return true;
  return text.split("\n", 10_000).some((line) => {
    const [, name, value] =
      /^\s*"?([\w.-]{1,128})"?\s*[=:]\s*"?([^"#]{1,1024}?)"?,?\s*$/.exec(line.slice(0, 2048)) ?? [];
    return name !== undefined && value !== undefined && value !== "|" && value !== ">" && looksSecret(name, value);
  });
}
