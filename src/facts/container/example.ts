import type { z } from "zod";
import type { container } from "./container.ts";

type ContainerInput = z.input<typeof container.schema>;

/** A container for the examples of checks: of Kubernetes, with nothing set, but for the changes. */
export function exampleContainer(changes: Partial<ContainerInput> = {}): ContainerInput {
  return {
    name: "app",
    runtime: "kubernetes",
    image: {
      text: "registry.example/shop/app:2.4.1",
      registry: "registry.example",
      repository: "shop/app",
      tag: "2.4.1",
    },
    capabilities: {},
    hostNamespaces: { network: false, pid: false, ipc: false },
    limits: {},
    origin: {},
    ...changes,
  };
}
