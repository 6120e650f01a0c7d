import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { registryClients } from "../../facts/registry/clients.ts";

/** Names that never leave the machine. */
const local = /^(https?:\/\/)?(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)(:\d+)?(\/.*)?$/;

export default defineCheck({
  title: "Engine reaches a registry over an insecure connection",
  severity: "high",
  clauses: ["4.2.1-a"],
  why: "Whoever stands between the engine and a registry that is not authenticated by TLS can read pull credentials and replace images.",
  fix: "Remove the entry from the engine's configuration, and give the registry a certificate of an authority that the host trusts.",
  needs: { clients: registryClients },
  references: ["CIS Docker 1.6.0 2.5"],
  evaluate({ clients: { clients } }) {
    if (clients.length === 0) return notApplicable("no program on the host pulls images");
    const items = clients.flatMap(({ client, insecure }) =>
      insecure
        .filter(({ registry }) => !local.test(registry) && registry !== "127.0.0.0/8")
        .map(({ registry, how, file, line }) => ({
          at: file,
          found: `${client} reaches ${registry} ${how === "plain-http" ? "over plain HTTP or unverified TLS" : "without verifying its certificate"}`,
          expected: "TLS with a verified certificate",
          key: `${client} ${registry}`,
          location: line === undefined ? { file } : { file, line },
        })),
    );
    const files = clients.flatMap((client) => client.files);
    const found = `${clients.map((client) => client.client).join(", ")}: none insecure`;
    return failEach(items, { at: files.join(", ") || "configuration of the engines", found });
  },
  examples: {
    pass: [
      { clients: { clients: [{ client: "docker", files: ["/etc/docker/daemon.json"], insecure: [] }] } },
      {
        clients: {
          clients: [
            {
              client: "docker",
              files: [],
              insecure: [{ registry: "localhost:5000", how: "plain-http", file: "daemon.json" }],
            },
          ],
        },
      },
    ],
    fail: [
      {
        clients: {
          clients: [
            {
              client: "containerd",
              files: ["/etc/containerd/certs.d/r.example/hosts.toml"],
              insecure: [
                {
                  registry: "http://r.example",
                  how: "plain-http",
                  file: "/etc/containerd/certs.d/r.example/hosts.toml",
                },
              ],
            },
          ],
        },
      },
    ],
    notApplicable: [{ clients: { clients: [] } }],
  },
});
