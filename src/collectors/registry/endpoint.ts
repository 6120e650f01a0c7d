import { type ProbeOptions, probeRegistry } from "../../clients/registry.ts";
import { defineCollector } from "../../core/collector.ts";
import { subject } from "../../core/subject.ts";
import { registryEndpoint } from "../../facts/registry/endpoint.ts";

/** A registry to look at, and what may be tried on it. */
export interface RegistryTarget extends Omit<ProbeOptions, "signal"> {
  /** `HOST` or `HOST:PORT`, as image references write it. */
  readonly host: string;
}

/** How a registry answers a stranger. */
export default defineCollector<RegistryTarget, typeof registryEndpoint.schema>({
  reads: "registry",
  provides: registryEndpoint,
  async *collect({ host, ...options }, { signal }) {
    yield {
      subject: subject("registry", host),
      source: `${host} /v2/`,
      value: await probeRegistry(host, { ...options, signal }),
    };
  },
});
