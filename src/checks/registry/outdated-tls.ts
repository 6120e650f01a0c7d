import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { registryEndpoint } from "../../facts/registry/endpoint.ts";

export default defineCheck({
  title: "Registry speaks outdated TLS",
  severity: "medium",
  clauses: ["4.2.1-b"],
  why: "TLS before version 1.2 rests on hash functions and modes that are broken.",
  fix: "Set the registry's or its proxy's lowest version to TLS 1.2.",
  references: ["NIST SP 800-52 Rev. 2"],
  needs: { registryEndpoint },
  evaluate({ registryEndpoint }) {
    const { tls, host } = registryEndpoint;
    if (tls === undefined) return notApplicable("it does not speak TLS; see registry/plain-http");
    const evidence = { at: host, found: tls.protocol, expected: "TLSv1.2 or TLSv1.3" };
    return tls.protocol === "TLSv1.2" || tls.protocol === "TLSv1.3" ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [
      {
        registryEndpoint: {
          host: "registry.example",
          tls: { protocol: "TLSv1.3", trusted: true },
          plainHttp: false,
          authentication: "bearer",
        },
      },
    ],
    fail: [
      {
        registryEndpoint: {
          host: "registry.example",
          tls: { protocol: "TLSv1.1", trusted: true },
          plainHttp: false,
          authentication: "bearer",
        },
      },
    ],
    notApplicable: [{ registryEndpoint: { host: "registry.example:5000", plainHttp: true, authentication: "none" } }],
  },
});
