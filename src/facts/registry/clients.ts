import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** How the engines and tools of a host reach registries: which they reach without TLS or without checking it. */
export const registryClients = defineFact({
  id: "registry/clients",
  summary: "how the host's engines reach registries",
  obtain: "plimsoll assess host, on a host with a container engine",
  schema: z.object({
    clients: z.array(
      z.object({
        /** `docker`, `containerd`, `cri-o`, `podman`. */
        client: z.string(),
        files: z.array(z.string()),
        insecure: z.array(
          z.object({
            registry: z.string(),
            how: z.enum(["plain-http", "unverified-tls"]),
            file: z.string(),
            line: z.number().optional(),
          }),
        ),
        mirrors: z.array(z.object({ registry: z.string(), mirror: z.string(), file: z.string() })).default([]),
        /** How images must be signed, as the engine's signature policy says: `reject`, `insecureAcceptAnything`, `signedBy`, `sigstoreSigned`. */
        signaturePolicy: z
          .object({ file: z.string(), default: z.string(), scopes: z.record(z.string(), z.string()) })
          .optional(),
      }),
    ),
  }),
});
