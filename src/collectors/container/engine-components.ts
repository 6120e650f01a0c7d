import { defineCollector } from "../../core/collector.ts";
import { AppError } from "../../core/errors.ts";
import { engineComponents } from "../../facts/container/engine-components.ts";
import { parseEngineVersion } from "../../formats/engine-version.ts";
import type { ContainerEngine } from "../container-engine.ts";

/** The versions that an engine tells of itself. */
export default defineCollector<ContainerEngine, typeof engineComponents.schema>({
  reads: "engine",
  provides: engineComponents,
  *collect({ subject, engine, version }) {
    const source = `${engine.socket} GET /version`;
    try {
      const { components, platform, isUpstreamBuild } = parseEngineVersion(version, source);
      const value = { components: [...components], ...(platform !== undefined && { platform }), isUpstreamBuild };
      yield { subject, source, value };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      yield { subject, source, unavailable: error.message, remedy: "assess the host that the engine runs on" };
    }
  },
});
