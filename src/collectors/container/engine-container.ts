import { defineCollector } from "../../core/collector.ts";
import { AppError } from "../../core/errors.ts";
import { subject } from "../../core/subject.ts";
import { container } from "../../facts/container/container.ts";
import { engineTraits, inspectedContainer } from "../../formats/docker-container.ts";
import type { ContainerEngine } from "../container-engine.ts";

/** Containers of a Docker or Podman engine, as they are set up to run. */
export default defineCollector<ContainerEngine, typeof container.schema>({
  reads: "engine",
  provides: container,
  async *collect({ name, engine, info, version }, { signal }) {
    const traits = engineTraits(info, version);
    for await (const inspection of engine.containers(signal)) {
      const source = `${engine.socket} GET /containers/…/json`;
      try {
        const value = inspectedContainer(inspection, traits);
        yield { subject: subject("container", name, value.name), source, value };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        yield {
          subject: subject("container", name, nameOf(inspection)),
          source,
          unavailable: `the engine's answer: ${error.message}`,
        };
      }
    }
  },
});

function nameOf(inspection: unknown): string {
  const isNamed =
    typeof inspection === "object" &&
    inspection !== null &&
    "Name" in inspection &&
    typeof inspection.Name === "string";
  return isNamed ? String(inspection.Name).replace(/^\//, "") : "(unnamed)";
}
