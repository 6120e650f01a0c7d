import { defineCheck, fail, pass } from "../../core/check.ts";
import { registryEndpoint } from "../../facts/registry/endpoint.ts";

const tls = { protocol: "TLSv1.3", trusted: true };

export default defineCheck({
  title: "Registry answers without encryption",
  severity: "high",
  clauses: ["4.2.1-b"],
  why: "On a clear connection anyone on the way reads passwords and tokens, and replaces images while they are pulled.",
  fix: "Serve the registry over TLS only; close the plain port, or let it redirect and nothing else.",
  needs: { registryEndpoint },
  evaluate({ registryEndpoint }) {
    const expected = "TLS only";
    if (registryEndpoint.plainHttp)
      return fail({ at: `http://${registryEndpoint.host}/v2/`, found: "answered in clear", expected });
    if (registryEndpoint.tls === undefined) return fail({ at: registryEndpoint.host, found: "no TLS", expected });
    return pass({ at: `https://${registryEndpoint.host}/v2/`, found: registryEndpoint.tls.protocol, expected });
  },
  examples: {
    pass: [{ registryEndpoint: { host: "registry.example", tls, plainHttp: false, authentication: "bearer" } }],
    fail: [{ registryEndpoint: { host: "registry.example:5000", plainHttp: true, authentication: "none" } }],
  },
});
