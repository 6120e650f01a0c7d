import { defineCheck, failEach } from "../../core/check.ts";
import { configMap } from "../../facts/orchestrator/config-map.ts";

export default defineCheck({
  title: "Secret in a ConfigMap",
  severity: "high",
  clauses: ["4.1.4-c"],
  why: "ConfigMaps are read by everyone who may look at the namespace, and are neither encrypted nor masked anywhere.",
  fix: "Move the entry into a Secret, or into the organisation's secret manager, and replace the secret itself.",
  needs: { configMap },
  evaluate({ configMap }) {
    const found = configMap.keys
      .filter((entry) => entry.looksSecret)
      .map(({ key, line }) => ({
        at: `data.${key}`,
        key,
        found: "what looks like a secret (not kept)",
        expected: "no secrets",
        ...(configMap.file === undefined ? {} : { location: { file: configMap.file, line } }),
      }));
    return failEach(found, {
      at: "data",
      found: `${configMap.keys.length} entries, none that looks like a secret`,
      expected: "no secrets",
    });
  },
  examples: {
    pass: [{ configMap: { name: "cart", namespace: "shop", keys: [{ key: "LOG_LEVEL", looksSecret: false }] } }],
    fail: [
      {
        configMap: {
          name: "cart",
          namespace: "shop",
          keys: [{ key: "DB_PASSWORD", looksSecret: true, line: 7 }],
          file: "cart.yaml",
        },
      },
    ],
  },
});
